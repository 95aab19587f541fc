import type { State } from '../cell.ts';
import { ageColumn, column, stateColumn } from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { at, conditionOf, conditionsOf, isDictionary, listAt, textAt } from '../read.ts';
import { failed, leaving, malformed, ok, unknown, warning } from '../states.ts';

export const node: ResourceDefinition = {
  name: 'nodes',
  kind: 'Node',
  wanted: [
    'spec.unschedulable',
    'spec.taints',
    'spec.providerID',
    'status.conditions',
    'status.addresses',
    'status.nodeInfo',
  ],
  columns: [
    stateColumn,
    column('roles', 'Roles', { facet: true }),
    column('zone', 'Zone', { facet: true }),
    column('kubelet', 'Kubelet', { type: 'code', facet: true }),
    column('os', 'OS', { priority: 2, facet: true, searched: true }),
    column('ip', 'Internal IP', { priority: 3, type: 'code', searched: true }),
    column('kernel', 'Kernel', { priority: 3, type: 'code' }),
    column('runtime', 'Container runtime', { priority: 3, type: 'code' }),
    ageColumn,
  ],
  sort: { column: 'state', descending: false },
  project: (object) => {
    const { fields, metadata } = object;
    const info = (name: string): string | null => textAt(fields, 'status', 'nodeInfo', name) || null;
    return [
      nodeState(object),
      rolesOf(metadata.labels),
      metadata.labels['topology.kubernetes.io/zone'] ?? null,
      info('kubeletVersion'),
      info('osImage'),
      addressOf(object),
      info('kernelVersion'),
      info('containerRuntimeVersion'),
      metadata.createdMs,
    ];
  },
  stateOf: nodeState,
};

/** As kubectl: labels node-role.kubernetes.io/NAME. */
function rolesOf(labels: Readonly<Record<string, string>>): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(labels)
    .filter((label) => label.startsWith(prefix) && label.length > prefix.length)
    .map((label) => label.slice(prefix.length));
  return roles.length === 0 ? 'worker' : roles.sort().join(', ');
}

function addressOf({ fields }: PartialObject): string | null {
  const address = listAt(fields, 'status', 'addresses').find((item) => textAt(item, 'type') === 'InternalIP');
  return textAt(address, 'address') || null;
}

const PRESSURES: Readonly<Record<string, string>> = {
  DiskPressure: 'Disk pressure',
  MemoryPressure: 'Memory pressure',
  PIDPressure: 'Process pressure',
  NetworkUnavailable: 'Network not available',
};

function nodeState(object: PartialObject): State {
  const { fields, metadata } = object;
  if (!isDictionary(at(fields, 'status'))) return malformed;
  if (metadata.deletedMs > 0) return leaving(metadata);
  const ready = conditionOf(fields, 'Ready');
  if (ready === undefined) return unknown('Readiness not reported');
  const isCordoned = at(fields, 'spec', 'unschedulable') === true;
  const tail = isCordoned ? ', cordoned' : '';
  if (ready.status === 'Unknown') return failed(`Not answering: the kubelet stopped reporting${tail}`);
  if (ready.status !== 'True')
    return failed(`Not ready: ${ready.message || ready.reason || 'no reason given'}${tail}`);
  const pressures = conditionsOf(fields)
    .filter((condition) => condition.status === 'True')
    .flatMap((condition) => PRESSURES[condition.type] ?? []);
  const [first, ...more] = pressures;
  if (first !== undefined)
    return warning(`${[first, ...more.map((words) => words.toLowerCase())].join(', ')}${tail}`);
  return isCordoned ? warning('Ready, cordoned', 'cordoned') : ok('Ready');
}
