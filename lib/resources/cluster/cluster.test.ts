import { expect, test } from 'vitest';
import type { ResourceDefinition } from '../definition.ts';
import { service } from '../networking/service.ts';
import { partialOf } from '../partial-object.ts';
import { event } from './event.ts';
import { namespace } from './namespace.ts';
import { node } from './node.ts';

type Json = Record<string, unknown>;

function read(definition: ResourceDefinition, object: Json) {
  const partial = partialOf({ ...object, metadata: { name: 'x', uid: 'u', ...(object.metadata as Json) } });
  if (partial === null) throw new Error('no object');
  const cells = definition.project(partial);
  const cell = (id: string): unknown => cells[definition.columns.findIndex((column) => column.id === id)];
  const state = definition.stateOf(partial);
  return { cell, state: state && [state.level, state.words, state.glyph] };
}

const condition = (type: string, status: string, message = '') => ({ type, status, message });

test.each<[string, Json, unknown, unknown[]]>([
  ['ready', {}, { conditions: [condition('Ready', 'True')] }, ['ok', 'Ready', undefined]],
  [
    'cordoned',
    { unschedulable: true },
    { conditions: [condition('Ready', 'True')] },
    ['warning', 'Ready, cordoned', 'cordoned'],
  ],
  [
    'two pressures and cordoned',
    { unschedulable: true },
    {
      conditions: [
        condition('MemoryPressure', 'True'),
        condition('DiskPressure', 'True'),
        condition('Ready', 'True'),
      ],
    },
    ['warning', 'Memory pressure, disk pressure, cordoned', undefined],
  ],
  [
    'silent',
    {},
    { conditions: [condition('Ready', 'Unknown')] },
    ['failed', 'Not answering: the kubelet stopped reporting', undefined],
  ],
  [
    'not ready',
    {},
    { conditions: [condition('Ready', 'False', 'CNI not initialised')] },
    ['failed', 'Not ready: CNI not initialised', undefined],
  ],
  ['nothing reported', {}, {}, ['unknown', 'Readiness not reported', undefined]],
  ['odd conditions', {}, { conditions: { Ready: 'True' } }, ['unknown', 'Readiness not reported', undefined]],
])('a node: %s', (_name, spec, status, expected) => {
  expect(read(node, { spec, status }).state).toEqual(expected);
});

test('a node is told by its labels and what its kubelet reports', () => {
  const { cell } = read(node, {
    metadata: {
      labels: { 'node-role.kubernetes.io/control-plane': '', 'topology.kubernetes.io/zone': 'eu-1a' },
    },
    status: {
      nodeInfo: { kubeletVersion: 'v1.36.1' },
      addresses: [{ type: 'InternalIP', address: '10.0.1.11' }],
    },
  });
  expect(['roles', 'zone', 'kubelet', 'ip', 'os'].map(cell)).toEqual([
    'control-plane',
    'eu-1a',
    'v1.36.1',
    '10.0.1.11',
    null,
  ]);
});

test.each<[string, Json, unknown[]]>([
  ['active', { status: { phase: 'Active' } }, ['ok', 'Active', undefined]],
  [
    'leaving',
    { status: { phase: 'Terminating' } },
    ['progress', 'Leaving, its contents are being deleted', 'gone'],
  ],
  [
    'held',
    {
      status: {
        phase: 'Terminating',
        conditions: [condition('NamespaceContentRemaining', 'True', 'backups.example.io has 2 left')],
      },
    },
    ['warning', 'Leaving, held: backups.example.io has 2 left', 'gone'],
  ],
  ['no phase', { status: {} }, ['unknown', 'Phase not reported', undefined]],
])('a namespace: %s', (_name, object, expected) => {
  expect(read(namespace, object).state).toEqual(expected);
});

test('a service claims nothing of its endpoints', () => {
  const spec = {
    type: 'NodePort',
    clusterIP: '10.96.0.9',
    ports: [
      { port: 80, nodePort: 30080 },
      { port: 53, protocol: 'UDP' },
    ],
    selector: { app: 'cart' },
  };
  const { cell, state } = read(service, { spec });
  expect(state).toBeNull();
  expect(['ports', 'selector', 'external'].map(cell)).toEqual(['80:30080/TCP, 53/UDP', 'app=cart', null]);
  expect(read(service, { spec: { type: 'LoadBalancer' } }).state).toEqual([
    'progress',
    'Waiting for a load balancer',
    'wait',
  ]);
});

test.each<[string, Json, Json]>([
  [
    'the old API',
    { count: 14, lastTimestamp: '2026-11-22T10:00:00Z' },
    { count: 14, lastSeen: Date.parse('2026-11-22T10:00:00Z') },
  ],
  [
    'the new API with a series',
    {
      eventTime: '2026-11-22T09:00:00.000000Z',
      series: { count: 3, lastObservedTime: '2026-11-22T10:00:00.000000Z' },
    },
    { count: 3, lastSeen: Date.parse('2026-11-22T10:00:00Z'), firstSeen: Date.parse('2026-11-22T09:00:00Z') },
  ],
  [
    'nothing but its creation',
    { metadata: { creationTimestamp: '2026-11-22T08:00:00Z' } },
    { count: 1, lastSeen: Date.parse('2026-11-22T08:00:00Z') },
  ],
])('an event of %s', (_name, object, expected) => {
  const { cell } = read(event, object);
  expect(Object.fromEntries(Object.keys(expected).map((id) => [id, cell(id)]))).toEqual(expected);
});

test('an event names its object for joins and says whether it is a warning', () => {
  const { cell, state } = read(event, {
    type: 'Warning',
    reason: 'BackOff',
    involvedObject: { kind: 'Pod', name: 'cart-1', uid: 'u1' },
  });
  expect(state).toEqual(['warning', 'BackOff', undefined]);
  expect(['object', 'involvedUid', 'involvedKind'].map(cell)).toEqual(['Pod cart-1', 'u1', 'Pod']);
});
