/** The shop on its busiest day: nothing is broken, and something rolls out, scales or reports all the time. */
import { CALM } from './calm.ts';
import type { Scenario } from './scenario.ts';

export const BUSY: Scenario = {
  ...CALM,
  name: 'busy',
  bustle: { rolloutEveryMs: 15_000, scaleEveryMs: 20_000, eventEveryMs: 800 },
};
