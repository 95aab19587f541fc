import { expect, test } from 'vitest';
import type { Pod } from '../base/types.ts';
import { backOffMs, nextStage } from './stages.ts';
import { type Story, storyOf } from './stories.ts';

const fresh = (spec: Partial<Pod['spec']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'n',
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: {
    containers: [{ name: 'c', image: 'shop/x:1' }],
    nodeName: 'worker-a1',
    restartPolicy: 'Always',
    ...spec,
  },
  status: { phase: 'Pending' },
});

interface Told {
  stage: string;
  reason: string;
  phase: string;
  isReady: boolean;
  restarts: number;
  events: string[];
}

/** Lives a pod for so many stages and tells what it was after each. */
function live(pod: Pod, story: Story, stages: number): Told[] {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  let present = pod;
  const told: Told[] = [];
  for (let count = 0; count < stages; count += 1) {
    const stage = nextStage(present, story);
    if (!stage) break;
    nowMs += typeof stage.delayMs === 'function' ? stage.delayMs(present, story, nowMs) : stage.delayMs[0];
    const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    const result = stage.apply({
      pod: present,
      story,
      now,
      nowMs,
      hostIp: '10.0.0.1',
      newAddress: () => '10.244.1.9',
    });
    present = { ...present, status: result.status };
    const container = result.status.containerStatuses?.[0];
    told.push({
      stage: stage.name,
      reason: container?.state.waiting?.reason ?? container?.state.terminated?.reason ?? 'running',
      phase: result.status.phase,
      isReady:
        result.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
      restarts: container?.restartCount ?? 0,
      events: result.events.map(({ reason }) => reason),
    });
  }
  return told;
}

test('a pod starts, gets ready and rests', () => {
  const told = live(
    fresh({ containers: [{ name: 'c', image: 'x', readinessProbe: { initialDelaySeconds: 3 } }] }),
    { kind: 'runs' },
    9,
  );
  expect(told).toEqual([
    {
      stage: 'accept',
      reason: 'ContainerCreating',
      phase: 'Pending',
      isReady: false,
      restarts: 0,
      events: [],
    },
    {
      stage: 'start',
      reason: 'running',
      phase: 'Running',
      isReady: false,
      restarts: 0,
      events: ['Pulling', 'Pulled', 'Created', 'Started'],
    },
    { stage: 'ready', reason: 'running', phase: 'Running', isReady: true, restarts: 0, events: [] },
  ]);
});

test('a crash loop counts its restarts and backs off', () => {
  const told = live(fresh(), { kind: 'crash', exitCode: 1, afterMs: 3_000, message: 'no' }, 8);
  expect(told.map(({ stage, reason, restarts }) => `${stage} ${reason} ${restarts}`)).toEqual([
    'accept ContainerCreating 0',
    'start running 0',
    'crash Error 0',
    'back-off CrashLoopBackOff 0',
    'restart running 1',
    'crash Error 1',
    'back-off CrashLoopBackOff 1',
    'restart running 2',
  ]);
  expect(told[3]?.events).toEqual(['BackOff']);
});

test('an image that is not there alternates between its two reasons', () => {
  const told = live(fresh(), { kind: 'image-missing' }, 4);
  expect(told.map(({ reason, events }) => [reason, ...events])).toEqual([
    ['ContainerCreating'],
    ['ErrImagePull', 'Pulling', 'Failed', 'Failed'],
    ['ImagePullBackOff', 'BackOff', 'Failed'],
    ['ErrImagePull', 'Pulling', 'Failed', 'Failed'],
  ]);
});

test.each<[string, Story, string, string]>([
  ['Never', { kind: 'completes', afterMs: 5 }, 'Completed', 'Succeeded'],
  ['OnFailure', { kind: 'completes', afterMs: 5 }, 'Completed', 'Succeeded'],
  [
    'Never',
    { kind: 'crash', exitCode: 137, afterMs: 5, message: '', reason: 'OOMKilled' },
    'OOMKilled',
    'Failed',
  ],
])('with restart policy %s and %j it ends as %s', (restartPolicy, story, reason, phase) => {
  expect(live(fresh({ restartPolicy }), story, 9).at(-1)).toMatchObject({ reason, phase });
});

test('a failing probe is told again and again', () => {
  const told = live(
    fresh({ containers: [{ name: 'c', image: 'x', readinessProbe: {} }] }),
    { kind: 'never-ready', message: '503' },
    5,
  );
  expect(told.slice(2).map(({ events, isReady }) => [isReady, ...events])).toEqual([
    [false, 'Unhealthy'],
    [false, 'Unhealthy'],
    [false, 'Unhealthy'],
  ]);
});

test('a leaving pod goes after its own time, at most its grace', () => {
  const running = fresh();
  running.status = {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'c',
        image: 'x',
        imageID: '',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '' } },
        lastState: {},
      },
    ],
  };
  running.metadata.deletionTimestamp = 'now';
  running.metadata.deletionGracePeriodSeconds = 10;
  const delay = (story: Story) => {
    const stage = nextStage(running, story);
    return typeof stage?.delayMs === 'function' ? stage.delayMs(running, story, 0) : undefined;
  };
  expect([delay({ kind: 'runs' }), delay({ kind: 'slow-stop', stopMs: 50_000 })]).toEqual([1_800, 10_000]);
});

test('back-off doubles from ten seconds to five minutes', () => {
  expect([0, 1, 2, 3, 4, 5, 20].map(backOffMs)).toEqual([
    10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000,
  ]);
});

test('stories come from the annotation first, then from rules, then from the owner', () => {
  const rules = [{ image: 'shop/x:', story: { kind: 'image-missing' as const } }];
  const named = fresh();
  named.metadata.annotations = { 'demo.strata-console.dev/story': 'oom' };
  const owned = fresh({ containers: [{ name: 'c', image: 'other' }] });
  owned.metadata.ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'j' }];
  expect(
    [named, fresh(), owned, fresh({ containers: [{ name: 'c', image: 'y' }] })].map(
      (pod) => storyOf(pod, rules).kind,
    ),
  ).toEqual(['crash', 'image-missing', 'completes', 'runs']);
});
