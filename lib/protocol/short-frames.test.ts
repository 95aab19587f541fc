import { describe, expect, it } from 'vitest';
import type { HeartbeatFrame } from './frames.ts';
import { heartbeatAfter, parseServerMessage, shortBeat, shortChange } from './short-frames.ts';

const NOTHING = { cells: [], rows: [], order: null, counts: null };

describe('the short form of rows', () => {
  it('says a changed cell in few bytes', () => {
    const text = `[1,482${shortChange({ ...NOTHING, cells: ['103421,2,455'] })}`;
    expect(text).toBe('[1,482,[103421,2,455]]');
    expect(parseServerMessage(text)).toEqual({
      t: 'rows',
      id: 1,
      seq: 482,
      full: false,
      cells: [[103421, 2, 455]],
    });
  });

  it('says nothing of nothing', () => {
    expect(shortChange(NOTHING)).toBe('');
  });

  it('comes back as it was', () => {
    const facets = { phase: [{ value: 'ok', count: 2 }], __proto__x: [] };
    const text = shortChange({
      cells: ['1,0,["a","b"]', '2,1,{"level":"ok","words":"Fine"}'],
      rows: ['[9,"u","ns","n",null]'],
      order: {
        out: [3, 4],
        put: [
          [0, 9],
          [5, 1],
        ],
      },
      counts: { total: 3, matched: 2, facets },
    });
    expect(parseServerMessage(`[7,1${text}`)).toEqual({
      t: 'rows',
      id: 7,
      seq: 1,
      full: false,
      cells: [
        [1, 0, ['a', 'b']],
        [2, 1, { level: 'ok', words: 'Fine' }],
      ],
      rows: [[9, 'u', 'ns', 'n', null]],
      moves: {
        out: [3, 4],
        put: [
          [0, 9],
          [5, 1],
        ],
      },
      changedCounts: { total: 3, matched: 2, facets },
    });
  });

  it.each([[[]], [[5]], [[3, 1, 2]]])('says the whole order %j', (order) => {
    const text = `[1,2${shortChange({ ...NOTHING, order })}`;
    expect(parseServerMessage(text)).toMatchObject({ order });
  });
});

describe('a short beat', () => {
  it('counts on from the last heartbeat', () => {
    const text = shortBeat({ nowMs: 81_200.4, latencyMs: 3.2, at: 0 });
    expect(text).toBe('["b",81200,3]');
    const beat = parseServerMessage(text);
    expect(beat).toEqual({ t: 'beat', nowMs: 81_200, latencyMs: 3, at: 0 });
    if (beat?.t !== 'beat') throw new Error('expected a beat');
    const last: HeartbeatFrame = {
      t: 'heartbeat',
      cluster: 'shop',
      nowMs: 80_000,
      clusterTimeMs: 5_000,
      confirmedMs: 79_000,
      latencyMs: 9,
    };
    expect(heartbeatAfter(last, beat)).toEqual({
      ...last,
      nowMs: 81_200,
      clusterTimeMs: 6_200,
      confirmedMs: 81_200,
      latencyMs: 3,
    });
    expect(heartbeatAfter({ ...last, clusterTimeMs: null }, beat).clusterTimeMs).toBeNull();
  });

  it('names another cluster than the first', () => {
    expect(parseServerMessage(shortBeat({ nowMs: 1, latencyMs: 2, at: 3 }))).toMatchObject({ at: 3 });
  });
});

it.each(['', 'x', 'null', '[]', '["b"]', '["b",1,"x"]', '["c",1]', '[1]', '[1,"x"]', '{"t":"beat"}'])(
  'takes %j for none of ours',
  (text) => {
    expect(parseServerMessage(text)).toBeNull();
  },
);
