/** Time as an argument. Nothing in a core calls Date.now or a timer of its own. */
export interface Clock {
  /** Monotonic, ms. For durations, freshness, back-off. */
  nowMs(): number;
  /** Wall clock, ms since 1970. Only for log lines and certificates. */
  wallMs(): number;
  /** Returns a cancel function. */
  after(delayMs: number, run: () => void): () => void;
}
