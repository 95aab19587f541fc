import { expect, test } from 'vitest';
import { partialOf } from '../partial-object.ts';
import { deployment } from './deployment.ts';
import { replicaSet } from './replica-set.ts';

type Json = Record<string, unknown>;
const available = { type: 'Available', status: 'True' };
const quota =
  'pods "catalog-api-1" is forbidden: exceeded quota: compute, requested: limits.cpu=1, used: limits.cpu=10, limited: limits.cpu=10';

function words(definition: typeof deployment, spec: Json, status: unknown, generation = 2): unknown {
  const object = partialOf({ metadata: { name: 'x', uid: 'u', generation }, spec, status });
  const state = object && definition.stateOf(object);
  return state && [state.level, state.words];
}

const full = (count: number, rest: Json = {}): Json => ({
  observedGeneration: 2,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  conditions: [available],
  ...rest,
});

test.each<[string, Json, unknown, unknown]>([
  ['whole', { replicas: 3 }, full(3), ['ok', 'Ready, 3 of 3']],
  ['default replicas', {}, full(1), ['ok', 'Ready, 1 of 1']],
  [
    'not observed',
    { replicas: 3 },
    full(3, { observedGeneration: 1 }),
    ['progress', 'Change not seen by the controller yet'],
  ],
  ['no status fields', { replicas: 3 }, {}, ['progress', 'Change not seen by the controller yet']],
  ['new pods', { replicas: 3 }, full(3, { updatedReplicas: 1 }), ['progress', 'Rolling out, 1 of 3 new']],
  ['old pods', { replicas: 3 }, full(3, { replicas: 5 }), ['progress', 'Rolling out, 2 old leaving']],
  [
    'available short of wanted',
    { replicas: 3 },
    full(3, { availableReplicas: 2 }),
    ['progress', '2 of 3 available'],
  ],
  [
    'below its minimum',
    { replicas: 3 },
    full(3, { availableReplicas: 1, conditions: [{ type: 'Available', status: 'False' }] }),
    ['failed', '1 of 3 available'],
  ],
  [
    'deadline',
    { replicas: 3 },
    full(3, { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }),
    ['failed', 'Rollout stuck: no progress within its deadline'],
  ],
  [
    'quota',
    { replicas: 3 },
    full(3, {
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: quota }],
    }),
    ['failed', 'Rollout stuck: quota compute'],
  ],
  ['paused', { replicas: 3, paused: true }, full(3), ['warning', 'Paused']],
  ['zero', { replicas: 0 }, full(0), ['ok', 'Scaled to 0']],
  [
    'nobody says available',
    { replicas: 3 },
    full(3, { conditions: [] }),
    ['unknown', 'Availability not reported'],
  ],
  ['status a string', { replicas: 3 }, 'fine', ['unknown', 'Status not readable']],
])('deployment: %s', (_name, spec, status, expected) => {
  expect(words(deployment, spec, status)).toEqual(expected);
});

test.each<[string, Json, unknown, unknown]>([
  [
    'whole',
    { replicas: 2 },
    { observedGeneration: 2, replicas: 2, readyReplicas: 2 },
    ['ok', 'Ready, 2 of 2'],
  ],
  [
    'short',
    { replicas: 2 },
    { observedGeneration: 2, replicas: 2, readyReplicas: 1 },
    ['progress', '1 of 2 ready'],
  ],
  [
    'shrinking',
    { replicas: 0 },
    { observedGeneration: 2, replicas: 2, readyReplicas: 2 },
    ['progress', '2 more leaving'],
  ],
  ['old', { replicas: 0 }, { observedGeneration: 2, replicas: 0 }, ['ok', 'Not in use']],
  [
    'quota',
    { replicas: 2 },
    {
      observedGeneration: 2,
      replicas: 1,
      conditions: [{ type: 'ReplicaFailure', status: 'True', message: quota }],
    },
    ['failed', 'Pods refused: quota compute'],
  ],
])('replica set: %s', (_name, spec, status, expected) => {
  expect(words(replicaSet, spec, status)).toEqual(expected);
});
