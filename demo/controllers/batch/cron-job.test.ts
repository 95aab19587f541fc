/** CronJobs in a whole world, on a clock that the test moves. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemContext } from '../../apiserver/rest/context.ts';
import { DemoClock } from '../../base/clock.ts';
import { at, type JsonObject, text } from '../../base/json.ts';
import { startWorld, type World } from '../../world.ts';

const START_MS = Date.parse('2026-11-22T10:00:20Z');
const MINUTE_MS = 60_000;
const NAMESPACE = 'ci';

let world: World;

beforeEach(() => {
  const still = { now: () => START_MS, setTimer: () => () => undefined };
  const fail = (error: unknown) => {
    throw error;
  };
  const clock = new DemoClock(still, fail, START_MS);
  clock.freeze();
  const size = { nodes: 1, pods: 1, churnPerSecond: 0 };
  world = startWorld({ scenario: 'calm', size, seed: 1, clock, caCertificate: 'PEM' });
});
afterEach(() => world.stop());

function create(spec: JsonObject, story = 'completes'): void {
  const { machinery, mutations } = world;
  const template = {
    metadata: { labels: { app: 'tick' }, annotations: { 'demo.strata-console.dev/story': story } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'tick', image: 'shop/tick:1' }] },
  };
  const body = {
    metadata: { name: 'tick' },
    spec: { schedule: '*/2 * * * *', jobTemplate: { spec: { template } }, ...spec },
  };
  mutations.writer.create(machinery.kinds.builtIn('cronjobs.batch'), NAMESPACE, body, systemContext('test'));
}

const jobs = () =>
  world.machinery.store
    .list('jobs.batch', NAMESPACE)
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith('tick-'));
const cron = () => world.machinery.store.get('cronjobs.batch', NAMESPACE, 'tick');
const reasons = () =>
  world.machinery.store
    .list('events', NAMESPACE)
    .filter((event) => at(event, 'involvedObject', 'kind') === 'CronJob')
    .map((event) => text(event.reason))
    .sort();
const pass = (minutes: number) => {
  for (let step = 0; step < minutes; step += 1) world.machinery.clock.step(MINUTE_MS);
};

test('a job starts at its time, and its end is told', () => {
  create({});
  pass(1);
  expect(jobs()).toEqual([]);
  pass(1);
  expect(jobs()).toEqual([`tick-${Date.parse('2026-11-22T10:02:00Z') / MINUTE_MS}`]);
  expect(at(cron(), 'status', 'lastScheduleTime')).toBe('2026-11-22T10:02:00Z');
  pass(1);
  expect(at(cron(), 'status', 'lastSuccessfulTime')).toBeDefined();
  expect(at(cron(), 'status', 'active')).toBeUndefined();
  expect(reasons()).toEqual(['SawCompletedJob', 'SuccessfulCreate']);
});

test('of finished jobs the latest three stay', () => {
  create({});
  pass(15);
  expect(jobs()).toHaveLength(3);
  expect(reasons()).toContain('SuccessfulDelete');
});

test('a job somebody else made for it is told of, and never active', () => {
  create({ suspend: true });
  const { machinery, mutations } = world;
  const { name, uid } = cron()?.metadata ?? { name: '', uid: '' };
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }];
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'tick', image: 'shop/tick:1' }] } };
  const body = { metadata: { name: 'by-hand', ownerReferences }, spec: { template } };
  mutations.writer.create(machinery.kinds.builtIn('jobs.batch'), NAMESPACE, body, systemContext('test'));
  machinery.clock.step(1_000);
  expect(reasons()).toEqual(['UnexpectedJob']);
  expect(at(cron(), 'status', 'active')).toBeUndefined();
});

test('a suspended one starts nothing', () => {
  create({ suspend: true });
  pass(5);
  expect(jobs()).toEqual([]);
});

test('Forbid waits for the job that runs, and Replace ends it', () => {
  create({ concurrencyPolicy: 'Forbid' }, 'never-ready');
  pass(5);
  expect(jobs()).toHaveLength(1);
  expect(reasons()).toContain('JobAlreadyActive');
  const { machinery, mutations } = world;
  const type = machinery.kinds.builtIn('cronjobs.batch');
  const replace = (current: JsonObject) => ({
    ...current,
    spec: { ...(current.spec as JsonObject), concurrencyPolicy: 'Replace' },
  });
  mutations.writer.update(type, NAMESPACE, 'tick', replace, systemContext('test'));
  const [first] = jobs();
  pass(3);
  expect(jobs()).toHaveLength(1);
  expect(jobs()).not.toEqual([first]);
});
