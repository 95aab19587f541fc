/**
 * The world's one clock. Everything that happens in the cluster (timestamps, kubelet stages, back-offs, grace periods,
 * controllers' delays) asks it for the time and for its timers, so the control port can freeze, step and speed it up.
 *
 * The wire has its own, real time: a watch's timeoutSeconds, bookmarks and injected latency are promises to a client
 * whose timeouts do not follow this clock.
 *
 * Timers due at the same instant run in the order they were set; a timer set by another while stepping runs in the
 * same step if it falls due within it.
 */
export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  schedule(delayMs: number, run: () => void): Cancel;
}

interface Timer {
  dueMs: number;
  order: number;
  run: () => void;
  cancelled: boolean;
}

/** What the clock needs of the outside: real time and one real timer. */
export interface RealTime {
  now(): number;
  setTimer(delayMs: number, run: () => void): Cancel;
}

export const realTime: RealTime = {
  now: () => Date.now(),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};

export class DemoClock implements Clock {
  readonly #real: RealTime;
  readonly #heap: Timer[] = [];
  #order = 0;
  #speed = 1;
  #frozen = false;
  #baseMs: number;
  #baseRealMs: number;
  #cancelReal: Cancel | undefined;
  readonly #onError: (error: unknown) => void;

  /** A timer that throws is told to onError; the others run on. */
  constructor(real: RealTime, onError: (error: unknown) => void, startMs = real.now()) {
    this.#real = real;
    this.#onError = onError;
    this.#baseMs = startMs;
    this.#baseRealMs = real.now();
  }

  now(): number {
    if (this.#frozen) return this.#baseMs;
    return Math.floor(this.#baseMs + (this.#real.now() - this.#baseRealMs) * this.#speed);
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer: Timer = {
      dueMs: this.now() + Math.max(0, delayMs),
      order: this.#order++,
      run,
      cancelled: false,
    };
    push(this.#heap, timer);
    if (this.#heap[0] === timer) this.#arm();
    return () => {
      timer.cancelled = true;
    };
  }

  freeze(): void {
    this.#rebase();
    this.#frozen = true;
    this.#arm();
  }

  resume(): void {
    this.#rebase();
    this.#frozen = false;
    this.#arm();
  }

  setSpeed(speed: number): void {
    if (!(speed > 0 && speed <= 100_000)) throw new RangeError('speed must be above 0 and at most 100000');
    this.#rebase();
    this.#speed = speed;
    this.#arm();
  }

  /** Moves time on by ms at once, running every timer on the way at its own instant. */
  step(ms: number): void {
    if (!(ms >= 0)) throw new RangeError('step must not be negative');
    const wasFrozen = this.#frozen;
    this.freeze();
    const endMs = this.#baseMs + ms;
    this.#runUntil(endMs);
    this.#baseMs = endMs;
    if (!wasFrozen) this.resume();
  }

  state(): { nowMs: number; isFrozen: boolean; speed: number; timers: number } {
    return { nowMs: this.now(), isFrozen: this.#frozen, speed: this.#speed, timers: this.#heap.length };
  }

  stop(): void {
    this.#cancelReal?.();
    this.#heap.length = 0;
  }

  #rebase(): void {
    this.#baseMs = this.now();
    this.#baseRealMs = this.#real.now();
  }

  #runUntil(endMs: number): void {
    for (let next = this.#heap[0]; next && next.dueMs <= endMs; next = this.#heap[0]) {
      pop(this.#heap);
      if (next.cancelled) continue;
      if (this.#frozen) this.#baseMs = Math.max(this.#baseMs, next.dueMs);
      try {
        next.run();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  #arm(): void {
    this.#cancelReal?.();
    this.#cancelReal = undefined;
    const next = this.#heap[0];
    if (this.#frozen || !next) return;
    const delayMs = Math.max(0, (next.dueMs - this.now()) / this.#speed);
    this.#cancelReal = this.#real.setTimer(delayMs, () => {
      this.#runUntil(this.now());
      this.#arm();
    });
  }
}

const before = (a: Timer, b: Timer) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);

function push(heap: Timer[], timer: Timer): void {
  heap.push(timer);
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(timer, heap[parent] as Timer)) break;
    heap[index] = heap[parent] as Timer;
    index = parent;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = index * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
    if (!before(heap[child] as Timer, last)) break;
    heap[index] = heap[child] as Timer;
    index = child;
  }
  heap[index] = last;
}
