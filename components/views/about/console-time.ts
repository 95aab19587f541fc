import { formatClockTime } from '#lib/format/instant.ts';
import type { LiveAbout } from '#lib/live/use-live-about.ts';

/** A frame's instants in the clocks of this page. */
export interface ConsoleTime {
  /** The console's monotonic clock now. */
  readonly nowMs: number;
  /** ms since 1970 in the viewer's clock. */
  wallMs(consoleMs: number): number;
  /** '14:31:22' in the viewer's zone. */
  timeOf(consoleMs: number): string;
}

/** pageMs: performance.now(); timeOriginMs: performance.timeOrigin. */
export function consoleTime(
  { nowMs, receivedMs }: Pick<LiveAbout, 'nowMs' | 'receivedMs'>,
  pageMs: number,
  timeOriginMs: number,
): ConsoleTime {
  const wallMs = (consoleMs: number) => timeOriginMs + receivedMs - (nowMs - consoleMs);
  return {
    // The ticker of the page may lag a frame that has just come.
    nowMs: nowMs + Math.max(0, pageMs - receivedMs),
    wallMs,
    timeOf: (consoleMs) => formatClockTime(wallMs(consoleMs)),
  };
}

/** Frames come every 2 s: two that did not come are a loss. */
export const LATE_MS = 5_000;

export interface AboutFreshness {
  readonly tone: 'fresh' | 'stale' | 'none';
  readonly words: string;
}

/** How fresh the figures are: the console's own, whatever becomes of the cluster. */
export function aboutFreshness(about: LiveAbout, pageMs: number, timeOriginMs: number): AboutFreshness {
  if (about.figures === null) return { tone: 'none', words: 'Not known' };
  const ageMs = Math.max(0, pageMs - about.receivedMs);
  if (about.isLost || ageMs > LATE_MS || about.refused !== null) {
    return { tone: 'stale', words: `Stale since ${formatClockTime(timeOriginMs + about.receivedMs)}` };
  }
  return { tone: 'fresh', words: `Live · ${Math.floor(ageMs / 1_000)} s` };
}
