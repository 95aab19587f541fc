import { describe, expect, test } from 'vitest';
import { partialOf } from '../partial-object.ts';
import { podState } from './pod-state.ts';

type Json = Record<string, unknown>;

const started = '2026-11-22T10:00:00Z';
const later = '2026-11-22T11:00:00Z';

function stateOf(status: unknown, spec: Json = {}, metadata: Json = {}) {
  const object = partialOf({
    metadata: { name: 'cart-1', namespace: 'shop', uid: 'u', ...metadata },
    spec: { nodeName: 'worker-a1', containers: [{ name: 'app', image: 'shop/cart:1' }], ...spec },
    status,
  });
  if (object === null) throw new Error('no object');
  const state = podState(object);
  return [state.level, state.words, state.glyph];
}

const running = (rest: Json = {}): Json => ({
  name: 'app',
  ready: true,
  started: true,
  state: { running: { startedAt: started } },
  ...rest,
});
const waiting = (reason: string, message = '', rest: Json = {}): Json => ({
  name: 'app',
  image: 'registry.example/shop/suggest:2.8.O',
  ready: false,
  state: { waiting: { reason, message } },
  ...rest,
});
const ready = (status: string, at = started): Json => ({ type: 'Ready', status, lastTransitionTime: at });

describe('a pod in words', () => {
  test.each<[string, unknown, Json, Json, unknown[]]>([
    [
      'ready',
      { phase: 'Running', containerStatuses: [running()], conditions: [ready('True')] },
      {},
      {},
      ['ok', 'Ready', undefined],
    ],
    ['completed', { phase: 'Succeeded' }, {}, {}, ['ok', 'Completed', 'done']],
    [
      'evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'disk' },
      {},
      {},
      ['failed', 'Evicted: disk', undefined],
    ],
    [
      'failed with a code',
      { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] },
      {},
      {},
      ['failed', 'Failed, exit 3', undefined],
    ],
    [
      'crash loop',
      {
        phase: 'Running',
        containerStatuses: [waiting('CrashLoopBackOff', '', { lastState: { terminated: { exitCode: 1 } } })],
      },
      {},
      {},
      ['failed', 'Crash loop, exit 1', undefined],
    ],
    [
      'crash loop out of memory',
      {
        phase: 'Running',
        containerStatuses: [
          waiting('CrashLoopBackOff', '', {
            lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
          }),
        ],
      },
      {},
      {},
      ['failed', 'Crash loop, out of memory', undefined],
    ],
    [
      'crash loop whose end is not known',
      { phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff')] },
      {},
      {},
      ['failed', 'Crash loop, exit not known', undefined],
    ],
    [
      'image not found',
      { phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff', 'suggest:2.8.O: not found')] },
      {},
      {},
      ['failed', 'Image not found: suggest:2.8.O', undefined],
    ],
    [
      'image refused',
      { phase: 'Pending', containerStatuses: [waiting('ErrImagePull', 'pull access denied')] },
      {},
      {},
      ['failed', 'Image refused: suggest:2.8.O', undefined],
    ],
    [
      'configuration missing',
      {
        phase: 'Pending',
        containerStatuses: [waiting('CreateContainerConfigError', 'secret "db" not found')],
      },
      {},
      {},
      ['failed', 'Configuration missing: secret "db" not found', undefined],
    ],
    [
      'unschedulable',
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/6 nodes are available: 6 Insufficient cpu. preemption: not helpful.',
          },
        ],
      },
      { nodeName: undefined },
      {},
      ['failed', 'No node fits: 6 Insufficient cpu (of 6)', undefined],
    ],
    [
      'no node yet',
      { phase: 'Pending' },
      { nodeName: undefined },
      {},
      ['progress', 'Waiting for a node', 'wait'],
    ],
    [
      'creating',
      { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
      {},
      {},
      ['progress', 'Creating container', undefined],
    ],
    [
      'init container runs',
      {
        phase: 'Pending',
        initContainerStatuses: [{ name: 'migrate', state: { running: {} } }],
        containerStatuses: [waiting('PodInitializing')],
      },
      { initContainers: [{ name: 'migrate' }, { name: 'seed' }] },
      {},
      ['progress', 'Starting, init 1 of 2', undefined],
    ],
    [
      'init crash loop',
      {
        phase: 'Pending',
        initContainerStatuses: [
          waiting('CrashLoopBackOff', '', { lastState: { terminated: { exitCode: 2 } } }),
        ],
      },
      {},
      {},
      ['failed', 'Init crash loop, exit 2', undefined],
    ],
    [
      'a started sidecar is no obstacle',
      {
        phase: 'Running',
        initContainerStatuses: [{ name: 'mesh', started: true, state: { running: {} } }],
        containerStatuses: [running()],
        conditions: [ready('True')],
      },
      { initContainers: [{ name: 'mesh', restartPolicy: 'Always' }] },
      {},
      ['ok', 'Ready', undefined],
    ],
    [
      'startup probe pending',
      {
        phase: 'Running',
        containerStatuses: [running({ ready: false, started: false })],
        conditions: [ready('False')],
      },
      {},
      {},
      ['progress', 'Starting, probe pending', undefined],
    ],
    [
      'not ready yet',
      {
        phase: 'Running',
        containerStatuses: [running({ ready: false })],
        conditions: [ready('False', started)],
      },
      {},
      {},
      ['progress', 'Starting, not ready yet', undefined],
    ],
    [
      'ready no longer',
      {
        phase: 'Running',
        containerStatuses: [running({ ready: false })],
        conditions: [ready('False', later)],
      },
      {},
      {},
      ['warning', 'Not ready, 0 of 1', undefined],
    ],
    [
      'readiness gate',
      { phase: 'Running', containerStatuses: [running()], conditions: [ready('False', later)] },
      {},
      {},
      ['progress', 'Ready, waits for a readiness gate', 'wait'],
    ],
    [
      'running, but nobody says that it is ready',
      { phase: 'Running', containerStatuses: [running()] },
      {},
      {},
      ['unknown', 'Readiness not known', undefined],
    ],
    ['leaving', { phase: 'Running' }, {}, { deletionTimestamp: later }, ['progress', 'Leaving', 'gone']],
    [
      'leaving, held',
      { phase: 'Running' },
      {},
      { deletionTimestamp: later, finalizers: ['a/b', 'c/d'] },
      ['warning', 'Leaving, held by a/b and 1 more', 'gone'],
    ],
    [
      'node lost',
      { phase: 'Running', reason: 'NodeLost' },
      {},
      { deletionTimestamp: later },
      ['unknown', 'Not known, node lost', undefined],
    ],
    ['status a string', 'fine', {}, {}, ['unknown', 'Status not readable', undefined]],
  ])('%s', (_name, status, spec, metadata, expected) => {
    expect(stateOf(status, spec, metadata)).toEqual(expected);
  });
});
