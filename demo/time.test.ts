/** Everything in the world follows its one clock: frozen it stands, stepped it jumps, and sped up it runs. */
import { expect, test } from 'vitest';
import { systemContext } from './apiserver/rest/context.ts';
import { TablePrinter } from './apiserver/table/printer.ts';
import { DemoClock } from './base/clock.ts';
import { at, text } from './base/json.ts';
import type { KubeObject, Pod } from './base/types.ts';
import { readTableFacts } from './facts/facts.ts';
import { startWorld, type World } from './world.ts';

const START_MS = Date.parse('2026-11-22T10:00:00Z');
const HOUR_MS = 3_600_000;

/** A world whose real time passes only when told to. */
function handWorld(scenario: string) {
  let nowMs = START_MS;
  let timer: { dueMs: number; run: () => void } | undefined;
  const time = {
    now: () => nowMs,
    setTimer: (delayMs: number, run: () => void) => {
      const mine = { dueMs: nowMs + delayMs, run };
      timer = mine;
      return () => {
        if (timer === mine) timer = undefined;
      };
    },
  };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(time, fail, START_MS);
  const size = { nodes: 10, pods: 100, churnPerSecond: 1 };
  const world = startWorld({ scenario, size, seed: 1, clock, caCertificate: 'PEM' });
  const pass = (ms: number) => {
    const endMs = nowMs + ms;
    while (timer && timer.dueMs <= endMs) {
      const { dueMs, run } = timer;
      timer = undefined;
      nowMs = Math.max(nowMs, dueMs);
      run();
    }
    nowMs = endMs;
  };
  return { world, clock, pass };
}

/** Of an age below two hours. */
const minutes = (age: unknown): number => Number(/^(\d+)m/.exec(String(age))?.[1]);

const all = ({ machinery }: World, resource: string) => machinery.store.list(resource);
const leases = (world: World) =>
  all(world, 'leases.coordination.k8s.io').map((lease) => Date.parse(text(at(lease, 'spec', 'renewTime'))));
const restarts = (world: World) =>
  (all(world, 'pods') as Pod[])
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);

function everyFiveMinutes(world: World): void {
  const { machinery, mutations } = world;
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1' }] } };
  const spec = { schedule: '*/5 * * * *', jobTemplate: { spec: { template } } };
  const body = { metadata: { name: 'five' }, spec };
  mutations.writer.create(machinery.kinds.builtIn('cronjobs.batch'), 'default', body, systemContext('test'));
}

const ageOf = ({ machinery }: World, pod: KubeObject): unknown => {
  const printer = new TablePrinter(readTableFacts(), machinery.clock);
  const type = machinery.kinds.builtIn('pods');
  const { columns, rows } = printer.print(type, [pod], 'None');
  const cells = (JSON.parse(rows[0] as string) as { cells: unknown[] }).cells;
  return cells[columns.findIndex(({ name }) => name === 'Age')];
};

test('frozen, nothing happens however long one waits', () => {
  const { world, clock, pass } = handWorld('busy');
  clock.freeze();
  const { revision } = world.machinery.store;
  const pod = all(world, 'pods')[0] as KubeObject;
  const age = ageOf(world, pod);
  pass(24 * HOUR_MS);
  expect([world.machinery.store.revision, ageOf(world, pod), clock.now()]).toEqual([revision, age, START_MS]);
  clock.resume();
  pass(60_000);
  expect(world.machinery.store.revision).toBeGreaterThan(revision);
  expect(clock.now()).toBe(START_MS + 60_000);
  world.stop();
});

/** What an hour does: leases, events, ages, back-off, schedules. */
function expectAnHour(
  world: World,
  pod: KubeObject,
  before: { age: number; restarts: number; events: Set<string> },
): void {
  const nowMs = START_MS + HOUR_MS;
  expect(world.machinery.clock.now()).toBe(nowMs);
  expect(leases(world).length).toBeGreaterThan(5);
  for (const renewedMs of leases(world)) expect(nowMs - renewedMs).toBeLessThan(15_000);
  expect(minutes(ageOf(world, pod)) - before.age).toBe(60);
  // The back-off of a crash loop is five minutes at most: two pods crash about ten times each in an hour.
  expect(restarts(world) - before.restarts).toBeGreaterThan(10);
  expect(restarts(world) - before.restarts).toBeLessThan(40);
  // Events go an hour after they were last seen, and new ones are of this hour.
  const events = all(world, 'events') as (KubeObject & { lastTimestamp?: string })[];
  for (const { lastTimestamp } of events)
    if (lastTimestamp) expect(nowMs - Date.parse(lastTimestamp)).toBeLessThanOrEqual(HOUR_MS + 60_000);
  expect(events.some(({ metadata }) => !before.events.has(metadata.uid))).toBe(true);
  const scheduled = text(
    at(
      all(world, 'cronjobs.batch').find(({ metadata }) => metadata.name === 'five'),
      'status',
      'lastScheduleTime',
    ),
  );
  // The controller looks a moment after the minute, as the real one does.
  expect(scheduled).toMatch(/^2026-11-22T(10:55|11:00):00Z$/);
}

test.each([
  ['stepped by an hour', (clock: DemoClock) => clock.step(HOUR_MS)],
  [
    'sixty times as fast for a minute',
    (clock: DemoClock, pass: (ms: number) => void) => {
      clock.setSpeed(60);
      pass(60_000);
    },
  ],
  [
    'stepped in pieces while frozen',
    (clock: DemoClock) => {
      clock.freeze();
      for (let minute = 0; minute < 60; minute += 1) clock.step(60_000);
    },
  ],
])(
  '%s, everything is an hour on',
  (_how, run) => {
    const { world, clock, pass } = handWorld('small');
    everyFiveMinutes(world);
    const pod = all(world, 'pods').find((each) => minutes(ageOf(world, each)) < 50) as KubeObject;
    const before = {
      age: minutes(ageOf(world, pod)),
      restarts: restarts(world),
      events: new Set(all(world, 'events').map(({ metadata }) => metadata.uid)),
    };
    run(clock, pass);
    expectAnHour(world, pod, before);
    world.stop();
    // An hour of a whole cluster is seconds of work.
  },
  60_000,
);
