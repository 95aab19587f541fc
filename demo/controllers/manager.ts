/** Starts every controller: which events give work to which queue, and who works it. */
import type { Machinery } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import { at, equal, object } from '../base/json.ts';
import type { KubeObject, LabelSelector } from '../base/types.ts';
import { matchesLabels, selectorRequirements } from '../storage/selectors.ts';
import type { StoreEvent } from '../storage/store.ts';
import { CronJobController } from './batch/cron-job.ts';
import { JobController } from './batch/job.ts';
import { JobOrphans } from './batch/job-orphans.ts';
import { DisruptionController, QuotaController } from './budgets.ts';
import { EventTtl } from './event-ttl.ts';
import { type ControllerTools, keyFor } from './framework/controller.ts';
import { controllerOf, OwnerIndex } from './framework/owners.ts';
import { EventRecorder } from './framework/recorder.ts';
import { type Reconcile, WorkQueue } from './framework/work-queue.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { NamespaceController } from './namespace.ts';
import { EndpointSliceController } from './services/endpoint-slice.ts';
import { EndpointsController } from './services/endpoints.ts';
import { isSelected, selectorOf } from './services/service-endpoints.ts';
import { claimsOf, phaseOf, VolumeBindingController } from './storage/volume-binding.ts';
import { DaemonSetController } from './workloads/daemon-set.ts';
import { DeploymentController } from './workloads/deployment.ts';
import { REPLICA_SET, REPLICATION_CONTROLLER, ReplicaSetController } from './workloads/replica-set.ts';
import { StatefulSetController } from './workloads/stateful-set.ts';

/** Keys an event means work for. */
type KeysOf = (event: StoreEvent) => string[];

interface Wiring {
  name: string;
  reconcile: Reconcile;
  /** Objects of this resource are keys themselves. */
  resource?: string;
  /** Objects controlled by this kind give their owner's key. */
  ownerKind?: string;
  others?: KeysOf;
}

export interface Controllers {
  recorder: EventRecorder;
  stop(): void;
}

export function startControllers(machinery: Machinery, mutations: Mutations): Controllers {
  const recorder = new EventRecorder(machinery, mutations.writer);
  const tools: ControllerTools = { machinery, mutations, recorder, owners: new OwnerIndex(machinery.store) };
  const queues = wirings(tools).map((wiring) => start(tools, wiring));
  return { recorder, stop: () => stopAll(queues) };
}

function stopAll(queues: WorkQueue[]): void {
  for (const queue of queues) queue.stop();
}

function start({ machinery }: ControllerTools, wiring: Wiring): WorkQueue {
  const { store, clock } = machinery;
  const queue = new WorkQueue(wiring.name, clock, wiring.reconcile);
  store.subscribe(undefined, (event) => {
    if (event.resource === wiring.resource) queue.add(keyFor(event.object));
    if (wiring.ownerKind) {
      for (const object of [event.object, event.previous]) {
        const owner = object && controllerOf(object);
        if (owner?.kind === wiring.ownerKind) queue.add(`${object?.metadata.namespace ?? ''}/${owner.name}`);
      }
    }
    for (const key of wiring.others?.(event) ?? []) queue.add(key);
  });
  if (wiring.resource) for (const object of store.list(wiring.resource)) queue.add(keyFor(object));
  if (wiring.name === 'event-ttl') queue.add('all');
  return queue;
}

const run = <T extends { reconcile: Reconcile }>(controller: T): Reconcile =>
  controller.reconcile.bind(controller);

/** What decides whether a daemon runs on a node changed; its heartbeats do not. */
const isOtherPlace = ({ object, previous }: StoreEvent): boolean =>
  !equal(object.metadata.labels, previous?.metadata.labels) || !equal(object.spec, previous?.spec);

const podChanged = (event: StoreEvent) => event.resource === 'pods';

function wirings(tools: ControllerTools): Wiring[] {
  return [
    ...workloadWirings(tools),
    ...serviceWirings(tools),
    ...allowanceWirings(tools),
    volumeWiring(tools),
  ];
}

type KeysIn = (
  resource: string,
  namespace: string | undefined,
  isWanted?: (object: KubeObject) => boolean,
) => string[];

const keysIn =
  ({ machinery }: ControllerTools): KeysIn =>
  (resource, namespace, isWanted = () => true) =>
    machinery.store.list(resource, namespace).filter(isWanted).map(keyFor);

const none: KeysOf = () => [];

/** An object that nobody controls is work for those that select it. */
const adopters =
  (tools: ControllerTools, of: string, adopter: string): KeysOf =>
  ({ resource, type, object: orphan }) =>
    resource === of && type !== 'DELETED' && !controllerOf(orphan)
      ? keysIn(tools)(adopter, orphan.metadata.namespace, (owner) => isAdoptable(owner, orphan))
      : [];

function isAdoptable(owner: KubeObject, orphan: KubeObject): boolean {
  const selector = object(at(owner, 'spec', 'selector'));
  // A ReplicationController's is a plain map.
  const full = owner.kind === 'ReplicationController' ? { matchLabels: selector } : selector;
  const requirements = selectorRequirements(full as LabelSelector);
  return requirements !== undefined && matchesLabels(requirements, orphan.metadata.labels);
}

/** A controller of one kind and of what that kind owns; orphaned pods may become its own. */
const own = (
  tools: ControllerTools,
  ownerKind: string,
  resource: string,
  controller: { reconcile: Reconcile },
): Wiring => ({
  name: ownerKind.toLowerCase(),
  resource,
  ownerKind,
  reconcile: run(controller),
  others: adopters(tools, 'pods', resource),
});

function workloadWirings(tools: ControllerTools): Wiring[] {
  const nodeCame: KeysOf = (event) =>
    event.resource === 'nodes' && (event.type !== 'MODIFIED' || isOtherPlace(event))
      ? keysIn(tools)('daemonsets.apps', undefined)
      : [];
  const daemons = own(tools, 'DaemonSet', 'daemonsets.apps', new DaemonSetController(tools));
  return [
    own(tools, 'ReplicaSet', 'replicasets.apps', new ReplicaSetController(tools, REPLICA_SET)),
    own(
      tools,
      'ReplicationController',
      'replicationcontrollers',
      new ReplicaSetController(tools, REPLICATION_CONTROLLER),
    ),
    {
      ...own(tools, 'Deployment', 'deployments.apps', new DeploymentController(tools)),
      others: adopters(tools, 'replicasets.apps', 'deployments.apps'),
    },
    own(tools, 'StatefulSet', 'statefulsets.apps', new StatefulSetController(tools)),
    { ...daemons, others: (event) => [...nodeCame(event), ...(daemons.others?.(event) ?? [])] },
    ...batchWirings(tools),
  ];
}

function batchWirings(tools: ControllerTools): Wiring[] {
  const orphans = new JobOrphans(tools);
  return [
    own(tools, 'Job', 'jobs.batch', new JobController(tools)),
    { name: 'job-orphans', reconcile: run(orphans), others: (event) => orphans.keysOf(event) },
    { ...own(tools, 'CronJob', 'cronjobs.batch', new CronJobController(tools)), others: none },
  ];
}

function serviceWirings(tools: ControllerTools): Wiring[] {
  const collector = new GarbageCollector(tools);
  const selecting: KeysOf = (event) =>
    podChanged(event)
      ? keysIn(tools)('services', event.object.metadata.namespace, (service) => isTouched(service, event))
      : [];
  return [
    { name: 'garbage-collector', reconcile: run(collector), others: (event) => collector.keysOf(event) },
    { name: 'namespace', resource: 'namespaces', reconcile: run(new NamespaceController(tools)) },
    {
      name: 'endpointslice',
      resource: 'services',
      ownerKind: 'Service',
      reconcile: run(new EndpointSliceController(tools)),
      others: selecting,
    },
    {
      name: 'endpoints',
      resource: 'services',
      reconcile: run(new EndpointsController(tools)),
      others: selecting,
    },
    { name: 'event-ttl', reconcile: run(new EventTtl(tools)) },
  ];
}

function allowanceWirings(tools: ControllerTools): Wiring[] {
  const budgets: KeysOf = (event) =>
    podChanged(event) ? keysIn(tools)('poddisruptionbudgets.policy', event.object.metadata.namespace) : [];
  const quotas: KeysOf = (event) => {
    const { namespace } = event.object.metadata;
    const isCounted = podChanged(event) || (event.type !== 'MODIFIED' && event.resource !== 'events');
    return namespace && isCounted ? keysIn(tools)('resourcequotas', namespace) : [];
  };
  return [
    {
      name: 'disruption',
      resource: 'poddisruptionbudgets.policy',
      reconcile: run(new DisruptionController(tools)),
      others: budgets,
    },
    {
      name: 'resourcequota',
      resource: 'resourcequotas',
      reconcile: run(new QuotaController(tools)),
      others: quotas,
    },
  ];
}

/** Claims, and their volumes by name alone; a new volume, class or consumer may be what a claim waits for. */
function volumeWiring(tools: ControllerTools): Wiring {
  const pending = (namespace?: string) =>
    keysIn(tools)('persistentvolumeclaims', namespace, (claim) => phaseOf(claim) !== 'Bound');
  const others: KeysOf = ({ resource, object, type }) => {
    if (resource === 'persistentvolumes')
      return type === 'DELETED' ? [] : [keyFor(object), ...pending(undefined)];
    if (resource === 'storageclasses.storage.k8s.io') return pending(undefined);
    if (resource === 'persistentvolumeclaims' && type === 'DELETED') {
      const volume = at(object, 'spec', 'volumeName');
      return typeof volume === 'string' ? [`/${volume}`] : [];
    }
    const isConsumer = resource === 'pods' && type === 'ADDED' && claimsOf(object).length > 0;
    return isConsumer ? pending(object.metadata.namespace) : [];
  };
  const controller = new VolumeBindingController(tools);
  return { name: 'persistentvolume', resource: 'persistentvolumeclaims', reconcile: run(controller), others };
}

/** Whether a pod's change concerns a service: it selects the pod, or did. */
function isTouched(service: KubeObject, { object, previous }: StoreEvent): boolean {
  const selector = selectorOf(service);
  if (!selector) return false;
  return isSelected(selector, object) || (previous !== undefined && isSelected(selector, previous));
}
