/** Cells of networking, storage, RBAC and the rest. */
import { array, at, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { age, type Cell, type CellPrinter, count, orNone } from './cells.ts';

function ingressCells(ingress: KubeObject, nowMs: number): Cell[] {
  const hosts = objects(at(ingress, 'spec', 'rules')).map((rule) => text(rule.host) || '*');
  const addresses = objects(at(ingress, 'status', 'loadBalancer', 'ingress')).map(
    (item) => text(item.ip) || text(item.hostname),
  );
  const isTls = objects(at(ingress, 'spec', 'tls')).length > 0;
  return [
    ingress.metadata.name,
    orNone(text(at(ingress, 'spec', 'ingressClassName'))),
    hosts.length > 0 ? hosts.join(',') : '*',
    addresses.join(','),
    isTls ? '80, 443' : '80',
    age(ingress, nowMs),
  ];
}

function sliceCells(slice: KubeObject, nowMs: number): Cell[] {
  const ports = objects(slice.ports).map((port) => String(port.port ?? '*'));
  const addresses = objects(slice.endpoints).flatMap((endpoint) => array(endpoint.addresses).map(String));
  const words = (list: string[]) =>
    list.length === 0
      ? '<unset>'
      : list.slice(0, 3).join(',') + (list.length > 3 ? ` + ${list.length - 3} more...` : '');
  return [slice.metadata.name, text(slice.addressType), words(ports), words(addresses), age(slice, nowMs)];
}

function bindingCells(binding: KubeObject, nowMs: number): Cell[] {
  const subjects = objects(binding.subjects);
  const of = (kind: string) => subjects.filter((subject) => subject.kind === kind);
  const accounts = of('ServiceAccount').map((subject) => `${text(subject.namespace)}/${text(subject.name)}`);
  return [
    binding.metadata.name,
    `${text(at(binding, 'roleRef', 'kind'))}/${text(at(binding, 'roleRef', 'name'))}`,
    age(binding, nowMs),
    of('User')
      .map((subject) => text(subject.name))
      .join(', '),
    of('Group')
      .map((subject) => text(subject.name))
      .join(', '),
    accounts.join(', '),
  ];
}

const created: CellPrinter = (value) => [value.metadata.name, value.metadata.creationTimestamp];

export const OTHER_CELLS: Record<string, CellPrinter> = {
  'ingresses.networking.k8s.io': ingressCells,
  'ingressclasses.networking.k8s.io': (value, nowMs) => [
    value.metadata.name,
    text(at(value, 'spec', 'controller')),
    orNone(text(at(value, 'spec', 'parameters', 'name'))),
    age(value, nowMs),
  ],
  'servicecidrs.networking.k8s.io': (value, nowMs) => [
    value.metadata.name,
    array(at(value, 'spec', 'cidrs')).join(','),
    age(value, nowMs),
  ],
  'ipaddresses.networking.k8s.io': (value) => {
    const parent = object(at(value, 'spec', 'parentRef'));
    return [value.metadata.name, [parent.resource, parent.namespace, parent.name].filter(Boolean).join('/')];
  },
  'endpointslices.discovery.k8s.io': sliceCells,
  'clusterrolebindings.rbac.authorization.k8s.io': bindingCells,
  'rolebindings.rbac.authorization.k8s.io': bindingCells,
  'clusterroles.rbac.authorization.k8s.io': created,
  'roles.rbac.authorization.k8s.io': created,
  'customresourcedefinitions.apiextensions.k8s.io': created,
  'leases.coordination.k8s.io': (value, nowMs) => [
    value.metadata.name,
    text(at(value, 'spec', 'holderIdentity')),
    age(value, nowMs),
  ],
  'storageclasses.storage.k8s.io': (value, nowMs) => [
    value.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
      ? `${value.metadata.name} (default)`
      : value.metadata.name,
    text(value.provisioner),
    text(value.reclaimPolicy),
    text(value.volumeBindingMode),
    value.allowVolumeExpansion === true,
    age(value, nowMs),
  ],
  'csinodes.storage.k8s.io': (value, nowMs) => [
    value.metadata.name,
    objects(at(value, 'spec', 'drivers')).length,
    age(value, nowMs),
  ],
  'csidrivers.storage.k8s.io': (value, nowMs) => {
    const spec = object(value.spec);
    return [
      value.metadata.name,
      spec.attachRequired !== false,
      spec.podInfoOnMount === true,
      spec.storageCapacity === true,
      '<unset>',
      spec.requiresRepublish === true,
      array(spec.volumeLifecycleModes).join(',') || 'Persistent',
      age(value, nowMs),
    ];
  },
  'csistoragecapacities.storage.k8s.io': created,
  'volumeattachments.storage.k8s.io': (value, nowMs) => [
    value.metadata.name,
    text(at(value, 'spec', 'attacher')),
    text(at(value, 'spec', 'source', 'persistentVolumeName')),
    text(at(value, 'spec', 'nodeName')),
    at(value, 'status', 'attached') === true,
    age(value, nowMs),
  ],
  'volumeattributesclasses.storage.k8s.io': (value, nowMs) => [
    value.metadata.name,
    text(value.driverName),
    age(value, nowMs),
  ],
  'priorityclasses.scheduling.k8s.io': (value, nowMs) => [
    value.metadata.name,
    count(value.value),
    value.globalDefault === true,
    age(value, nowMs),
    text(value.preemptionPolicy) || 'PreemptLowerPriority',
  ],
};
