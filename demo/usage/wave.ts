/**
 * A rate that swings around a level: a sum of sines, so it is smooth, never negative, and its integral is known exactly.
 * Gauges read the rate, counters the integral, and the two always agree.
 */
import { fnv32, seededRandom } from '../base/random.ts';

interface Swing {
  /** Share of the level, all shares together below 1. */
  share: number;
  periodMs: number;
  phase: number;
}

export interface Wave {
  level: number;
  swings: Swing[];
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The shop is busiest at 15:00 UTC. */
const PEAK_MS = 15 * 3_600_000;

export interface Liveliness {
  /** How much of the level day and night move, 0 to 0.6. */
  daily: number;
  /** How much minutes and quarter hours move, 0 to 0.3. */
  restless: number;
}

/** The wave of one key: the same seed and key always swing alike. */
export function waveOf(seed: number, key: string, level: number, { daily, restless }: Liveliness): Wave {
  const random = seededRandom(seed ^ fnv32(key));
  const swing = (share: number, minutes: number): Swing => ({
    share,
    periodMs: minutes * MINUTE_MS * (0.8 + 0.4 * random.next()),
    phase: random.next() * 2 * Math.PI,
  });
  return {
    level: Math.max(0, level),
    swings: [
      { share: daily, periodMs: DAY_MS, phase: Math.PI / 2 - (PEAK_MS / DAY_MS) * 2 * Math.PI },
      swing(restless * 0.5, 43),
      swing(restless * 0.3, 7),
      swing(restless * 0.2, 2),
    ],
  };
}

export function rateAt({ level, swings }: Wave, atMs: number): number {
  const turn = ({ share, periodMs, phase }: Swing) =>
    share * Math.sin(((atMs % periodMs) / periodMs) * 2 * Math.PI + phase);
  return level * Math.max(0, 1 + swings.reduce((sum, swing) => sum + turn(swing), 0));
}

/** The rate summed up over a time, in its unit times seconds. Grows with `toMs`; 0 for a time that has not begun. */
export function totalOver({ level, swings }: Wave, fromMs: number, toMs: number): number {
  if (!(toMs > fromMs)) return 0;
  const turned = (share: number, periodMs: number, phase: number, atMs: number) =>
    (-share * periodMs * Math.cos(((atMs % periodMs) / periodMs) * 2 * Math.PI + phase)) / (2 * Math.PI);
  const waves = swings.reduce(
    (sum, { share, periodMs, phase }) =>
      sum + turned(share, periodMs, phase, toMs) - turned(share, periodMs, phase, fromMs),
    0,
  );
  return Math.max(0, (level * (toMs - fromMs + waves)) / 1_000);
}

/** The same wave, this many times as high. */
export const scaled = (wave: Wave, factor: number): Wave =>
  factor === 1 ? wave : { ...wave, level: wave.level * factor };

/**
 * The same wave under a ceiling: a level near it leaves no room to swing, one above it lies flat against it. It stays
 * a wave, so rate and total still agree.
 */
export function ceiled(wave: Wave, ceiling: number): Wave {
  if (!Number.isFinite(ceiling) || wave.level <= 0) return wave;
  const level = Math.min(wave.level, ceiling * 0.98);
  const swinging = wave.swings.reduce((sum, { share }) => sum + share, 0);
  const room = ceiling / level - 1;
  if (swinging <= room) return { ...wave, level };
  return {
    level,
    swings: wave.swings.map((swing) => ({ ...swing, share: (swing.share * room) / swinging })),
  };
}
