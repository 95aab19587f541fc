import { describe, expect, it } from 'vitest';
import type { ConnectionState } from '#lib/resources/connection.ts';
import { type ConnectionEvent, transition } from './connection.ts';

const error = { reason: 'Unreachable', code: 0, message: 'no answer', causes: [] };
const other = { reason: 'InternalError', code: 500, message: 'broken', causes: [] };
const right = { verb: 'list', group: '', resource: 'pods', namespace: '' };

const states = {
  connecting: { state: 'connecting', read: 5, total: 9 },
  live: { state: 'live', confirmedMs: 100 },
  stale: { state: 'stale', sinceMs: 100, retryMs: 200, error },
  failed: { state: 'failed', error, retryMs: 200 },
  forbidden: { state: 'forbidden', missing: [right] },
  gone: { state: 'gone', atMs: 7 },
} satisfies Record<string, ConnectionState>;

const events = {
  listed: { type: 'listed', read: 10, total: 20 },
  confirmed: { type: 'confirmed', nowMs: 300 },
  sampled: { type: 'confirmed', nowMs: 300, sampledSeconds: 30 },
  lost: { type: 'lost', retryMs: 400, error: other },
  lostUnexplained: { type: 'lost', retryMs: 0 },
  retrying: { type: 'retrying' },
  denied: { type: 'denied', missing: [right], error: other },
  vanished: { type: 'vanished', atMs: 9 },
} satisfies Record<string, ConnectionEvent>;

const same = 'same';
const reading = { state: 'connecting', read: 10, total: 20 };
const live = { state: 'live', confirmedMs: 300 };
const sampled = { state: 'live', confirmedMs: 300, sampledSeconds: 30 };
const stale = { state: 'stale', sinceMs: 100, retryMs: 400, error: other };
const staleNow = { state: 'stale', sinceMs: 100, retryMs: 0 };
const failed = { state: 'failed', error: other, retryMs: 400 };
const failedNow = { state: 'failed', error: { reason: 'Unreachable' }, retryMs: 0 };
const denied = { state: 'forbidden', missing: [right], error: other };
const gone = { state: 'gone', atMs: 9 };

/** Rows: where it stands. Columns in the order of `events`. */
const table: Record<keyof typeof states, readonly (typeof same | object)[]> = {
  //            listed    confirmed sampled  lost    unexplained retrying                        denied  vanished
  connecting: [reading, live, sampled, failed, failedNow, same, denied, gone],
  live: [same, live, sampled, stale, staleNow, same, denied, gone],
  stale: [same, live, sampled, stale, staleNow, { ...states.stale, retryMs: 0 }, denied, gone],
  failed: [reading, live, sampled, failed, failedNow, { ...states.failed, retryMs: 0 }, denied, gone],
  forbidden: [reading, live, sampled, failed, failedNow, same, denied, gone],
  gone: [reading, live, sampled, same, same, same, denied, same],
};

describe('the connection table', () => {
  for (const [from, row] of Object.entries(table)) {
    const state = states[from as keyof typeof states];
    Object.entries(events).forEach(([name, event], at) => {
      it(`${from} × ${name}`, () => {
        const expected = row[at];
        const next = transition(state, event);
        if (expected === same) expect(next).toBe(state);
        else expect(next).toMatchObject(expected as object);
      });
    });
  }

  it('drops an error that no longer holds', () => {
    expect(transition(states.stale, events.lostUnexplained)).not.toHaveProperty('error');
    expect(transition(states.stale, events.confirmed)).toEqual(live);
  });
});
