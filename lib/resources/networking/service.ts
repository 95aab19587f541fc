import type { State } from '../cell.ts';
import { ageColumn, column } from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { listAt, numberAt, pairsAt, textAt, textsAt } from '../read.ts';
import { leaving, progress } from '../states.ts';

/** A Service says nothing of its endpoints: no state is claimed from it alone. */
export const service: ResourceDefinition = {
  name: 'services',
  kind: 'Service',
  wanted: [
    'spec.type',
    'spec.clusterIP',
    'spec.externalName',
    'spec.externalIPs',
    'spec.ports',
    'spec.selector',
    'status.loadBalancer',
  ],
  columns: [
    column('type', 'Type', { facet: true }),
    column('clusterIP', 'Cluster IP', { type: 'code', searched: true }),
    column('external', 'External address', { type: 'code', searched: true, priority: 2 }),
    column('ports', 'Ports', { type: 'code', sortable: false, searched: true }),
    column('selector', 'Selector', { type: 'code', sortable: false, searched: true, priority: 2 }),
    ageColumn,
  ],
  sort: { column: 'name', descending: false },
  project: (object) => {
    const { fields, metadata } = object;
    const selector = pairsAt(fields, 'spec', 'selector').map(([key, value]) => `${key}=${value}`);
    return [
      textAt(fields, 'spec', 'type') || null,
      textAt(fields, 'spec', 'clusterIP') || null,
      externalOf(object),
      portsOf(object),
      selector.length === 0 ? null : selector.join(', '),
      metadata.createdMs,
    ];
  },
  stateOf: serviceState,
};

function externalOf({ fields }: PartialObject): string | null {
  const given = listAt(fields, 'status', 'loadBalancer', 'ingress').map(
    (item) => textAt(item, 'hostname') || textAt(item, 'ip'),
  );
  const all = [...given, ...textsAt(fields, 'spec', 'externalIPs'), textAt(fields, 'spec', 'externalName')];
  return all.filter((address) => address !== '').join(', ') || null;
}

/** As kubectl: '80/TCP', '80:30080/TCP'. */
function portsOf({ fields }: PartialObject): string | null {
  const ports = listAt(fields, 'spec', 'ports').map((port) => {
    const nodePort = numberAt(port, 'nodePort') ?? 0;
    const outer = nodePort > 0 ? `:${nodePort}` : '';
    return `${numberAt(port, 'port') ?? '?'}${outer}/${textAt(port, 'protocol') || 'TCP'}`;
  });
  return ports.join(', ') || null;
}

function serviceState({ fields, metadata }: PartialObject): State | null {
  if (metadata.deletedMs > 0) return leaving(metadata);
  const waits =
    textAt(fields, 'spec', 'type') === 'LoadBalancer' &&
    listAt(fields, 'status', 'loadBalancer', 'ingress').length === 0;
  return waits ? progress('Waiting for a load balancer', 'wait') : null;
}
