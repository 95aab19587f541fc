import { describe, expect, it } from 'vitest';
import type { AboutFigures, CoursePoint, WatchFigures, WatchStanding } from '#lib/protocol/about-frame.ts';
import { aboutFacts, aboutText } from './about-text.ts';
import { aboutFreshness, consoleTime } from './console-time.ts';
import { courseAxis, courseRows, delayWords, memoryWords, requestWords } from './course.ts';
import { tilesOf } from './tiles.ts';
import { verdictOf } from './verdict.ts';
import { watchRows, watchTotals } from './watch-rows.ts';
import { causeWords, inOrder, watchState } from './watch-state.ts';

const NOW_MS = 100_000;
const timeOf = (ms: number) => `@${ms / 1_000}`;
const time = { nowMs: NOW_MS, wallMs: (ms: number) => ms, timeOf };
const live = (confirmedMs = 98_000): WatchStanding => ({ state: 'live', confirmedMs });
const plain = (words: string) => words.replaceAll('\u00a0', ' ');

function watch(part: Partial<WatchFigures> = {}): WatchFigures {
  return {
    ...{
      resource: 'pods',
      kind: 'Pod',
      group: '',
      standing: live(),
      startedMs: 40_000,
      readers: 2,
      parts: 1,
    },
    ...{ rows: 229, heldBytes: 229 * 1_024, eventsPerMinute: 41, lag: { p99Ms: 1_160, events: 90 } },
    ...{ lastList: { atMs: 41_000, cause: 'start' }, relists: 0, malformed: 0 },
    ...part,
  };
}

function figures(part: Partial<AboutFigures> = {}): AboutFigures {
  return {
    console: {
      ...{ version: '0.1.0', builtAtMs: null, node: 'v24.21.0', startedMs: 0 },
      delay: { p99Ms: 11, worstMs: 84, worstAtMs: 50_000 },
      memory: {
        residentBytes: 2 ** 28,
        heapBytes: 2 ** 27,
        externalBytes: 2 ** 20,
        rowBytes: 2 ** 22,
        limitBytes: null,
      },
    },
    cluster: { version: 'v1.36.1', latencyMs: 6, confirmedMs: 99_000, clockAheadMs: -42 },
    clusters: [],
    watches: [watch()],
    objectWatches: 0,
    requests: {
      total: 90,
      perSecond: 2.4,
      refused: 0,
      refusedLately: 0,
      lastRefusedMs: null,
      lost: 0,
      failed: 0,
    },
    hub: {
      ...{ sockets: 2, slow: 0, subscriptions: 5, ticks: 9, ticksPerSecond: 4, frames: 10, bytes: 999 },
      ...{ skippedTicks: 0, resyncs: 0, refusals: 0 },
    },
    sockets: [],
    ...part,
  };
}

describe('how a watch stands, in words', () => {
  it.each<[WatchStanding, string, string]>([
    [live(), 'ok', 'Live'],
    [live(64_000), 'unknown', 'Silent since @64'],
    [{ ...live(40_000), sampledSeconds: 30 }, 'ok', 'Read every 30 s'],
    [{ ...live(30_000), sampledSeconds: 30 }, 'unknown', 'Silent since @30'],
    [{ state: 'stale', confirmedMs: 9_000 }, 'unknown', 'Stale since @9'],
    [
      { state: 'stale', confirmedMs: 9_000, error: { reason: 'Unreachable', code: 0 } },
      'unknown',
      'Stale since @9, Unreachable',
    ],
    [{ state: 'connecting', confirmedMs: -1, read: 0, total: 0 }, 'progress', 'Reading'],
    [
      { state: 'connecting', confirmedMs: -1, read: 500, total: 2_318 },
      'progress',
      'Reading, 500 of about 2,318',
    ],
    [{ state: 'connecting', confirmedMs: -1, read: 500, total: 0 }, 'progress', 'Reading, 500'],
    [
      { state: 'failed', confirmedMs: -1, error: { reason: 'InternalError', code: 500 } },
      'failed',
      'Not readable, InternalError',
    ],
    [{ state: 'forbidden', confirmedMs: -1 }, 'unknown', 'May not be listed'],
    [{ state: 'gone', confirmedMs: -1 }, 'unknown', 'Not served any more'],
  ])('%o', (standing, level, words) => {
    expect(watchState(standing, NOW_MS, timeOf)).toMatchObject({ level, words });
  });

  it('names a cause it knows, and shows one it does not', () => {
    expect(causeWords('expired')).toBe('history compacted (410 Gone)');
    expect(causeWords('constructor of worlds')).toBe('constructor of worlds');
  });

  it('puts what asks for a look on top, then the largest', () => {
    const watches = [
      watch({ resource: 'a', rows: 1 }),
      watch({ resource: 'b', rows: 9 }),
      watch({ resource: 'c', rows: null, standing: { state: 'forbidden', confirmedMs: -1 } }),
      watch({ resource: 'd', standing: { state: 'failed', confirmedMs: -1 } }),
    ];
    const order = inOrder(watches, (standing) => watchState(standing, NOW_MS, timeOf));
    expect(order.map(({ resource }) => resource)).toEqual(['d', 'c', 'b', 'a']);
  });
});

describe('a row of the watches', () => {
  it('has a unit at every figure', () => {
    const [row] = watchRows([watch({ group: 'apps', malformed: 1 })], time);
    expect(JSON.parse(plain(JSON.stringify(row)))).toMatchObject({
      ...{
        kind: 'Pod',
        second: 'apps, 1 not readable',
        age: '1 min',
        confirmed: '2 s',
        lag: '≤ 1.2 s',
        rows: '229',
      },
      ...{ size: '229 KiB', perRow: '1 KiB', events: '41', readers: '2', lastList: '@41, start' },
    });
  });

  it('tells what is not known from what may not be told', () => {
    const nothing = {
      rows: null,
      heldBytes: null,
      eventsPerMinute: null,
      lag: null,
      lastList: null,
    } as const;
    const rows = watchRows(
      [
        watch({ ...nothing, resource: 'nodes', standing: { state: 'forbidden', confirmedMs: -1 } }),
        watch({ resource: 'jobs', rows: 0, heldBytes: 0, eventsPerMinute: null, lag: null }),
      ],
      time,
    );
    expect(rows[0]).toMatchObject({
      lag: '–',
      rows: '–',
      size: '–',
      events: '–',
      lastList: '–',
      confirmed: '–',
    });
    expect(rows[1]).toMatchObject({ lag: '?', rows: '0', perRow: '–', events: '?' });
    expect(plain(watchTotals([watch(), watch({ rows: null, heldBytes: null })]))).toBe(
      '229 rows, about 229 KiB',
    );
  });

  it('says how many namespaces can be read', () => {
    const standing = { ...live(), namespaces: { readable: 2, total: 8 } };
    expect(plain(watchRows([watch({ standing, parts: 2 })], time)[0]?.second ?? '')).toBe(
      '2 of 8 namespaces, 2 watches',
    );
    const unknown = { ...live(), namespaces: { readable: 1, total: 0 } };
    expect(watchRows([watch({ standing: unknown })], time)[0]?.second).toContain('not known');
  });
});

describe('the verdict', () => {
  it.each<[string, Partial<AboutFigures>, string, string]>([
    ['nothing wrong', {}, 'ok', 'Keeps up'],
    [
      'a stale watch',
      { watches: [watch({ standing: { state: 'stale', confirmedMs: 1 } })] },
      'warning',
      '1 watch not live',
    ],
    ['a silent watch', { watches: [watch({ standing: live(1) })] }, 'warning', '1 watch not live'],
    [
      'a kind nobody may list',
      { watches: [watch({ standing: { state: 'forbidden', confirmedMs: -1 } })] },
      'ok',
      'Keeps up',
    ],
    [
      'a kind being read',
      { watches: [watch({ standing: { state: 'connecting', confirmedMs: -1 } })] },
      'progress',
      'reading 1 kind',
    ],
    ['a slow socket', { hub: { ...figures().hub, slow: 1 } }, 'warning', '1 socket slow'],
    ['refusals', { requests: { ...figures().requests, refusedLately: 12 } }, 'warning', '12 × 429'],
  ])('%s', (_what, part, level, words) => {
    const verdict = verdictOf(figures(part), NOW_MS);
    expect({ level: verdict.level, words: plain(verdict.words) }).toEqual({ level, words });
    expect(verdict.findings).toHaveLength(words === 'Keeps up' ? 0 : 1);
  });

  it.each<[readonly WatchFigures[], string]>([
    [[], 'No watch runs: nobody has opened a list yet.'],
    [[watch()], '1 of 1 watch is live, confirmed 2 s ago.'],
    [
      [watch(), watch({ standing: live(91_000) }), watch({ standing: { state: 'stale', confirmedMs: 1 } })],
      '2 of 3 watches are live, the oldest was confirmed 9 s ago.',
    ],
    [[watch({ standing: { state: 'failed', confirmedMs: -1 } })], '0 of 1 watch is live.'],
  ])('counts the watches', (watches, words) => {
    expect(plain(verdictOf(figures({ watches }), NOW_MS).watches)).toBe(words);
  });
});

describe('tiles', () => {
  const tiles = (part: Partial<AboutFigures> = {}) => tilesOf(figures(part), timeOf);
  const told = (part: Partial<AboutFigures> = {}) =>
    tiles(part).map(({ level, figure, unit }) => plain(`${level} ${figure} ${unit}`));

  it('have figure, unit and level', () => {
    expect(told()).toEqual([
      'ok ≤ 1.2 s p99',
      'ok 11 ms p99',
      'ok 256 MiB, no limit set',
      'ok 2.4 a second',
      'ok 2 browser tabs',
      'ok 229 in 1 kind',
    ]);
  });

  it('say what is not known', () => {
    const { console } = figures();
    const [lag, delay] = told({ watches: [watch({ lag: null })], console: { ...console, delay: null } });
    expect([lag, delay]).toEqual(['unknown ? not known', 'unknown ? not known']);
  });

  it('warn of what is too much', () => {
    const { console, hub, requests } = figures();
    const part = {
      watches: [watch({ lag: { p99Ms: 9_000, events: 3 } })],
      console: {
        ...console,
        delay: { p99Ms: 51, worstMs: 60, worstAtMs: 0 },
        memory: { ...console.memory, limitBytes: 2 ** 28 },
      },
      hub: { ...hub, slow: 1 },
      requests: { ...requests, refused: 3, refusedLately: 1, lastRefusedMs: 7_000 },
    };
    expect(tiles(part).map(({ level }) => level)).toEqual([...Array(5).fill('warning'), 'ok']);
    expect(tiles(part)[3]?.sub).toContain('1 refused with 429 in 10 min, 3 since the start, last at @7');
  });
});

describe('the course of the hour', () => {
  const points: CoursePoint[] = [
    [1_000, 1, 20, 100, 5, 0],
    [6_000, 2, 84, 300, 44, 12],
    [301_000, 1, 9, 250, 2, 0],
  ];
  it('says its finding in words', () => {
    expect(plain(delayWords(points, 50, timeOf))).toBe('Worst 84 ms at @6; slow in 1 of 3 steps.');
    expect(plain(delayWords(points, 90, timeOf))).toBe('Worst 84 ms at @6: never slow.');
    expect(plain(memoryWords(points, timeOf))).toBe('Grew by 150 B since @1; highest 300 B at @6.');
    expect(plain(requestWords(points, timeOf))).toBe(
      'At most 44 requests in 5 s, at @6; 12 refused with 429.',
    );
    for (const words of [delayWords([], 1, timeOf), memoryWords([], timeOf), requestWords([], timeOf)])
      expect(words).toBe('Nothing was measured yet.');
  });

  it('is a table of five minutes each, newest first', () => {
    expect(courseRows(points)).toEqual([
      { fromMs: 301_000, worstMs: 9, bytes: 250, requests: 2, refused: 0 },
      { fromMs: 1_000, worstMs: 84, bytes: 300, requests: 49, refused: 12 },
    ]);
  });

  it.each([
    [60_000, 0, -240_000],
    [1_200_000, 0, 0],
    [7_200_000, 0, 3_600_000],
  ])('at %s of a console started at %s begins at %s', (nowMs, startedMs, fromMs) => {
    const axis = courseAxis(nowMs, startedMs, timeOf);
    expect(axis).toMatchObject({ fromMs, toMs: nowMs });
    expect(axis.times.map(({ atMs }) => atMs)).toHaveLength(5);
  });
});

describe('time of the console', () => {
  it('counts on from the frame, and never back', () => {
    const frame = { nowMs: 500, receivedMs: 2_000 };
    expect(consoleTime(frame, 3_500, 0).nowMs).toBe(2_000);
    expect(consoleTime(frame, 1_000, 0).nowMs).toBe(500);
    expect(consoleTime(frame, 3_500, 10_000).wallMs(400)).toBe(11_900);
  });

  it.each([
    [{}, 2_900, 'fresh', /^Live · 1 s$/],
    [{}, 7_500, 'stale', /^Stale since/],
    [{ isLost: true }, 2_100, 'stale', /^Stale since/],
    [{ figures: null }, 2_100, 'none', /^Not known$/],
  ])('%o at %s is %s', (part, pageMs, tone, words) => {
    const about = {
      nowMs: 0,
      receivedMs: 1_000,
      figures: figures(),
      points: [],
      isLost: false,
      refused: null,
    };
    const found = aboutFreshness({ ...about, ...part }, pageMs, 0);
    expect(found.tone).toBe(tone);
    expect(found.words).toMatch(words);
  });
});

describe('facts and the page as text', () => {
  it('have the versions and the clock', () => {
    const facts = Object.fromEntries(
      aboutFacts(figures(), time).map(({ label, value }) => [label, plain(value)]),
    );
    expect(facts).toMatchObject({
      Version: '0.1.0, from source',
      Node: '24.21.0',
      Up: '1 min 40 s, since @0',
      'API server': '1.36.1, round trip 6 ms',
      Clock: '0.042 s behind the API server',
    });
    const unheard = { version: '', latencyMs: 0, confirmedMs: -1, clockAheadMs: null };
    const none = aboutFacts(figures({ cluster: unheard }), time).map(({ value }) => value);
    expect(none).toEqual(
      expect.arrayContaining(['version not known, not heard yet', 'of the API server not known']),
    );
  });

  it('is a line a fact', () => {
    const about = { nowMs: 0, receivedMs: 0, figures: figures(), points: [], isLost: false, refused: null };
    const lines = aboutText(about, time).split('\n');
    expect(lines).toContain(
      'pods: Live, 229 rows, about 229 KiB, lag at most 1.2 s, 2 subscribers, listed @41, start',
    );
    expect(lines).toContain('Event-loop delay: p99 11 ms, worst 84 ms at @50');
  });
});
