/** Cells of the core group's other kinds. */
import { array, at, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import {
  accessModes,
  age,
  type Cell,
  type CellPrinter,
  count,
  orNone,
  pairs,
  selector,
  size,
} from './cells.ts';
import { since } from './durations.ts';

function nodeCells(node: KubeObject, nowMs: number): Cell[] {
  const info = object(at(node, 'status', 'nodeInfo'));
  const addresses = objects(at(node, 'status', 'addresses'));
  const address = (type: string) => orNone(text(addresses.find((item) => item.type === type)?.address));
  const ready = objects(at(node, 'status', 'conditions')).find((condition) => condition.type === 'Ready');
  const words = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'];
  if (at(node, 'spec', 'unschedulable') === true) words.push('SchedulingDisabled');
  const roles = Object.keys(node.metadata.labels ?? {})
    .filter((key) => key.startsWith('node-role.kubernetes.io/'))
    .map((key) => key.slice('node-role.kubernetes.io/'.length))
    .sort();
  return [
    node.metadata.name,
    words.join(','),
    orNone(roles.join(',')),
    age(node, nowMs),
    text(info.kubeletVersion),
    address('InternalIP'),
    address('ExternalIP'),
    text(info.osImage) || '<unknown>',
    `${text(info.kernelVersion) || '<unknown>'}${info.architecture ? ` (${text(info.architecture)})` : ''}`,
    text(info.containerRuntimeVersion) || '<unknown>',
  ];
}

function serviceCells(service: KubeObject, nowMs: number): Cell[] {
  const spec = object(service.spec);
  const ports = objects(spec.ports).map(
    (port) =>
      `${String(port.port)}${port.nodePort ? `:${String(port.nodePort)}` : ''}/${text(port.protocol, 'TCP')}`,
  );
  return [
    service.metadata.name,
    text(spec.type),
    spec.type === 'ExternalName' ? '<none>' : orNone(text(spec.clusterIP)),
    externalAddress(service),
    orNone(ports.join(',')),
    age(service, nowMs),
    pairs(spec.selector),
  ];
}

function externalAddress(service: KubeObject): string {
  const spec = object(service.spec);
  if (spec.type === 'ExternalName') return text(spec.externalName);
  const own = array(spec.externalIPs).map(String);
  if (spec.type !== 'LoadBalancer') return orNone(own.join(','));
  const given = objects(at(service, 'status', 'loadBalancer', 'ingress')).map(
    (item) => text(item.ip) || text(item.hostname),
  );
  return given.length + own.length > 0 ? [...given, ...own].join(',') : '<pending>';
}

function eventCells(event: KubeObject, nowMs: number): Cell[] {
  const involved = object(event.involvedObject);
  const source = object(event.source);
  const series = object(event.series);
  const first = event.firstTimestamp ?? event.eventTime;
  const last = series.lastObservedTime ?? event.lastTimestamp ?? first;
  const times = count(series.count) || count(event.count) || 1;
  const name = `${text(involved.kind).toLowerCase()}/${text(involved.name)}`;
  const isRepeated = times > 1;
  const interval = isRepeated
    ? `${since(last, nowMs)} (x${times} over ${since(first, nowMs)})`
    : since(last ?? first, nowMs);
  return [
    interval,
    text(event.type),
    text(event.reason),
    name,
    text(involved.fieldPath),
    [
      text(source.component) || text(event.reportingComponent),
      text(source.host) || text(event.reportingInstance),
    ]
      .filter(Boolean)
      .join(', '),
    text(event.message).trim(),
    since(first, nowMs),
    times,
    `event/${event.metadata.name}`,
  ];
}

const endpointWords = (list: string[], more: number) =>
  orNone(list.slice(0, 3).join(',') + (more > 0 ? ` + ${more} more...` : ''));

function endpointsCells(endpoints: KubeObject, nowMs: number): Cell[] {
  const found = objects(endpoints.subsets).flatMap((subset) =>
    objects(subset.ports).flatMap((port) =>
      objects(subset.addresses).map((item) => `${text(item.ip)}:${String(port.port)}`),
    ),
  );
  return [endpoints.metadata.name, endpointWords(found, found.length - 3), age(endpoints, nowMs)];
}

function claimCells(claim: KubeObject, nowMs: number): Cell[] {
  const spec = object(claim.spec);
  const isBound = text(spec.volumeName) !== '';
  return [
    claim.metadata.name,
    claim.metadata.deletionTimestamp ? 'Terminating' : text(at(claim, 'status', 'phase')),
    text(spec.volumeName),
    isBound ? text(at(claim, 'status', 'capacity', 'storage')) : '',
    isBound ? accessModes(at(claim, 'status', 'accessModes')) : '',
    text(spec.storageClassName),
    text(spec.volumeAttributesClassName) || '<unset>',
    age(claim, nowMs),
    text(spec.volumeMode) || '<unset>',
  ];
}

function volumeCells(volume: KubeObject, nowMs: number): Cell[] {
  const spec = object(volume.spec);
  const claim = object(spec.claimRef);
  return [
    volume.metadata.name,
    text(at(spec, 'capacity', 'storage')),
    accessModes(spec.accessModes),
    text(spec.persistentVolumeReclaimPolicy),
    volume.metadata.deletionTimestamp ? 'Terminating' : text(at(volume, 'status', 'phase')),
    claim.name ? `${text(claim.namespace)}/${text(claim.name)}` : '',
    text(spec.storageClassName),
    text(spec.volumeAttributesClassName) || '<unset>',
    text(at(volume, 'status', 'reason')),
    age(volume, nowMs),
    text(spec.volumeMode) || '<unset>',
  ];
}

function quotaCells(quota: KubeObject, nowMs: number): Cell[] {
  const hard = object(at(quota, 'status', 'hard'));
  const used = object(at(quota, 'status', 'used'));
  const words = (isLimit: boolean) =>
    Object.keys(hard)
      .filter((name) => name.startsWith('limits.') === isLimit)
      .sort()
      .map((name) => `${name}: ${String(used[name])}/${String(hard[name])}`)
      .join(', ');
  return [quota.metadata.name, words(false), words(true), age(quota, nowMs)];
}

export const CORE_CELLS: Record<string, CellPrinter> = {
  nodes: nodeCells,
  services: serviceCells,
  events: eventCells,
  endpoints: endpointsCells,
  persistentvolumeclaims: claimCells,
  persistentvolumes: volumeCells,
  resourcequotas: quotaCells,
  namespaces: (value, nowMs) => [value.metadata.name, text(at(value, 'status', 'phase')), age(value, nowMs)],
  configmaps: (value, nowMs) => [
    value.metadata.name,
    size(value.data) + size(value.binaryData),
    age(value, nowMs),
  ],
  secrets: (value, nowMs) => [value.metadata.name, text(value.type), size(value.data), age(value, nowMs)],
  serviceaccounts: (value, nowMs) => [value.metadata.name, age(value, nowMs)],
  limitranges: (value) => [value.metadata.name, value.metadata.creationTimestamp],
  replicationcontrollers: (value, nowMs) => [
    value.metadata.name,
    count(at(value, 'spec', 'replicas')),
    count(at(value, 'status', 'replicas')),
    count(at(value, 'status', 'readyReplicas')),
    age(value, nowMs),
    objects(at(value, 'spec', 'template', 'spec', 'containers'))
      .map((container) => text(container.name))
      .join(','),
    objects(at(value, 'spec', 'template', 'spec', 'containers'))
      .map((container) => text(container.image))
      .join(','),
    pairs(at(value, 'spec', 'selector')),
  ],
  'poddisruptionbudgets.policy': (value, nowMs) => [
    value.metadata.name,
    String(at(value, 'spec', 'minAvailable') ?? 'N/A'),
    String(at(value, 'spec', 'maxUnavailable') ?? 'N/A'),
    count(at(value, 'status', 'disruptionsAllowed')),
    age(value, nowMs),
  ],
  'networkpolicies.networking.k8s.io': (value, nowMs) => [
    value.metadata.name,
    selector(at(value, 'spec', 'podSelector')),
    age(value, nowMs),
  ],
};
