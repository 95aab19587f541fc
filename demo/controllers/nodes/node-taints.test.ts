import { describe, expect, test } from 'vitest';
import type { NodeObject, Pod } from '../../base/types.ts';
import { executeKey, executeTaints, scheduleTaints, type Taint } from './node-taints.ts';
import { toleratedMs } from './taint-eviction.ts';
import { type ZoneNode, zonePaces } from './zone-pace.ts';

const NOW = '2026-11-22T10:00:00Z';

const node = (conditions: object[], taints: Taint[] = [], unschedulable = false) =>
  ({
    metadata: { name: 'n' },
    spec: { taints, ...(unschedulable ? { unschedulable } : {}) },
    status: { conditions },
  }) as unknown as NodeObject;

const said = (type: string, status: string) => ({ type, status });
const taint = (key: string, effect = 'NoSchedule') => ({
  key: `node.kubernetes.io/${key}`,
  effect,
  timeAdded: NOW,
});

describe('taints that follow conditions', () => {
  test.each<[string, NodeObject, Taint[] | undefined]>([
    ['a ready node has none', node([said('Ready', 'True')]), undefined],
    ['one that never said anything neither', node([]), undefined],
    ['not ready', node([said('Ready', 'False')]), [taint('not-ready')]],
    ['not known', node([said('Ready', 'Unknown')]), [taint('unreachable')]],
    [
      'pressures and the network',
      node(
        ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'].map((type) =>
          said(type, 'True'),
        ),
      ),
      [taint('memory-pressure'), taint('disk-pressure'), taint('network-unavailable'), taint('pid-pressure')],
    ],
    ['a cordon', node([said('Ready', 'True')], [], true), [taint('unschedulable')]],
    ['what is over goes', node([said('Ready', 'True')], [taint('disk-pressure')]), []],
    ['what is there stays', node([said('DiskPressure', 'True')], [taint('disk-pressure')]), undefined],
    [
      "others' taints are left alone",
      node([said('Ready', 'False')], [{ key: 'own', effect: 'NoExecute' }, taint('unreachable')]),
      [{ key: 'own', effect: 'NoExecute' }, taint('not-ready')],
    ],
  ])('%s', (_what, given, expected) => {
    expect(scheduleTaints(given, NOW)).toEqual(expected);
  });

  test('only readiness drives pods away, by one taint at a time', () => {
    expect(executeKey(node([said('Ready', 'True')]))).toBeUndefined();
    const unreachable = taint('unreachable', 'NoExecute');
    const lost = node([said('Ready', 'Unknown')], [taint('not-ready', 'NoExecute')]);
    expect(executeTaints(lost, executeKey(lost), NOW)).toEqual([unreachable]);
    expect(executeTaints(node([], [unreachable]), unreachable.key, NOW)).toBeUndefined();
    expect(executeTaints(node([], [unreachable]), undefined, NOW)).toEqual([]);
  });

  test.each([
    { spec: 'x', status: 'y' },
    { spec: { taints: [null, 3] }, status: { conditions: { Ready: 1 } } },
  ])('a node of any shape is a node without a word: %j', (shape) => {
    const odd = { metadata: { name: 'n' }, ...shape } as unknown as NodeObject;
    expect(scheduleTaints(odd, NOW)).toBeUndefined();
    expect(executeKey(odd)).toBeUndefined();
  });
});

describe('how long a pod stays', () => {
  const pod = (tolerations?: object[]) => ({ spec: { containers: [], tolerations } }) as unknown as Pod;
  const lost = taint('unreachable', 'NoExecute');
  const own = { key: 'maintenance', value: 'yes', effect: 'NoExecute' };
  const exists = { key: lost.key, operator: 'Exists', effect: 'NoExecute' };
  test.each<[object[] | undefined, Taint[], number]>([
    [undefined, [lost], 0],
    [[{ ...exists, tolerationSeconds: 300 }], [lost], 300_000],
    [[exists], [lost], Number.POSITIVE_INFINITY],
    [[{ operator: 'Exists' }], [lost, own], Number.POSITIVE_INFINITY],
    [[{ ...exists, tolerationSeconds: 300 }], [lost, own], 0],
    [
      [
        { ...exists, tolerationSeconds: 300 },
        { key: 'maintenance', value: 'yes', tolerationSeconds: 5 },
      ],
      [lost, own],
      5_000,
    ],
    [[{ key: 'maintenance', value: 'no' }], [own], 0],
    [[{ operator: 'Exists', tolerationSeconds: -4 }], [own], 0],
    [[{ ...exists, effect: 'NoSchedule' }], [lost], 0],
  ])('%j beside %j: %d ms', (tolerations, taints, expected) => {
    expect(toleratedMs(pod(tolerations), taints)).toBe(expected);
  });
});

test('how fast nodes may be emptied', () => {
  const zone = (name: string, ready: number, lost: number): ZoneNode[] => [
    ...Array.from({ length: ready }, () => ({ zone: name, isReady: true })),
    ...Array.from({ length: lost }, () => ({ zone: name, isReady: false })),
  ];
  const paces = (...nodes: ZoneNode[][]) => [...zonePaces(nodes.flat()).values()];
  expect(paces(zone('a', 1, 1), zone('b', 0, 2), zone('c', 2, 0))).toEqual([10_000, 10_000, 10_000]);
  expect(paces(zone('a', 1, 3), zone('b', 2, 0))).toEqual([undefined, 10_000]);
  expect(paces(zone('a', 20, 40), zone('b', 2, 0))).toEqual([100_000, 10_000]);
  expect(paces(zone('a', 0, 2), zone('b', 0, 1))).toEqual([undefined, undefined]);
});
