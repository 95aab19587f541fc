import { type AboutFigures, COURSE_STEPS, type CoursePoint } from '#lib/protocol/about-frame.ts';
import type { ApiError } from '#lib/resources/api-error.ts';
import type { Channel } from './channel.ts';

/** The console's own figures as last heard. Instants in them are the console's monotonic clock, which then was nowMs. */
export interface LiveAbout {
  readonly nowMs: number;
  /** performance.now() of the last frame. */
  readonly receivedMs: number;
  /** null before the first frame. */
  readonly figures: AboutFigures | null;
  /** Oldest first, at most the last hour. */
  readonly points: readonly CoursePoint[];
  /** The socket is gone: what is shown is what was. */
  readonly isLost: boolean;
  readonly refused: ApiError | null;
}

export const EMPTY_ABOUT: LiveAbout = {
  nowMs: 0,
  receivedMs: 0,
  figures: null,
  points: [],
  isLost: false,
  refused: null,
};

/** Frames are complete but for their points, so only those make a gap. */
export function createAboutChannel(cluster: string): Channel<LiveAbout> {
  let shown = EMPTY_ABOUT;
  let nextSeq = 0;
  let isWaiting = true;
  return {
    value: () => shown,
    subscribeMessage: (id) => ({ t: 'subscribe', id, what: 'about', cluster }),
    receive(frame, receivedMs) {
      if (frame.t !== 'about') return false;
      if (!frame.full && (isWaiting || frame.seq !== nextSeq)) {
        const resync = !isWaiting;
        isWaiting = true;
        return resync;
      }
      isWaiting = false;
      nextSeq = frame.seq + 1;
      const { nowMs, figures } = frame;
      const points = frame.full ? frame.points : [...shown.points, ...frame.points];
      const kept = points.slice(-COURSE_STEPS);
      shown = { nowMs, receivedMs, figures, points: kept, isLost: false, refused: null };
      return false;
    },
    refused(frame) {
      isWaiting = true;
      shown = { ...shown, refused: frame.error };
    },
    lost() {
      isWaiting = true;
      shown = { ...shown, isLost: true };
    },
  };
}
