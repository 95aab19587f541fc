/** Loads a scenario's world straight into the store, in its settled form. */
import { isoTime, type Machinery } from '../apiserver/rest/context.ts';
import { isObject, type JsonObject, object, put } from '../base/json.ts';
import { controllerReference } from '../base/owner.ts';
import { fnv32, seededRandom } from '../base/random.ts';
import type {} from '../base/types.ts';
import { latestTime, parseSchedule } from '../controllers/batch/cron-schedule.ts';
import { readRbacFacts } from '../facts/facts.ts';
import { BUSY } from './busy.ts';
import { CALM } from './calm.ts';
import { INCIDENT } from './incident.ts';
import { plantNode } from './nodes.ts';
import { ODD } from './odd.ts';
import { PodPlanter } from './pods.ts';
import { fillScale, type ScaleSize, scaleScenario } from './scale.ts';
import type { JobPodSpec, Scenario, SeedEvent } from './scenario.ts';
import { Seeder } from './seeder.ts';
import { SMALL } from './small.ts';
import { podSpecOf, WorkloadPlanter } from './workloads.ts';

const SCENARIOS = new Map<string, Scenario>(
  [SMALL, CALM, ODD, BUSY, INCIDENT].map((scenario) => [scenario.name, scenario]),
);
const FOUNDED = '1y120d';

/** Fills an empty store. Throws when there is no such scenario. */
export function loadScenario(machinery: Machinery, name: string, size: ScaleSize): Scenario {
  const isScale = name === 'scale';
  const scenario = isScale ? scaleScenario(size) : SCENARIOS.get(name);
  if (!scenario)
    throw new Error(`there is no scenario ${name}; there are ${[...SCENARIOS.keys(), 'scale'].join(', ')}`);
  const seeder = new Seeder(machinery);
  plantFoundation(seeder, scenario);
  for (const [index, node] of scenario.nodes.entries()) plantNode(seeder, node, index);
  for (const seed of scenario.objects) {
    const { object: written, manager = 'argocd-controller', ...rest } = seed;
    seeder.put({ ...rest, manager, object: withTimes(seeder, written) as JsonObject });
  }
  const pods = new PodPlanter(seeder, scenario.nodes);
  const workloads = new WorkloadPlanter(seeder, pods, scenario);
  for (const workload of scenario.workloads) workloads.plant(workload);
  for (const job of scenario.jobs) plantJob(seeder, pods, job);
  for (const event of scenario.events) plantEvent(seeder, event);
  plantFounded(seeder);
  if (isScale) fillScale(machinery, size);
  return scenario;
}

/** The same value with `ago:31m` made the instant that long before the start, and `last:0 2 * * *` the latest of those. */
function withTimes(seeder: Seeder, value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('ago:')) return seeder.ago(value.slice('ago:'.length));
  if (typeof value === 'string' && value.startsWith('last:'))
    return latest(seeder, value.slice('last:'.length));
  if (Array.isArray(value)) return value.map((item) => withTimes(seeder, item));
  if (!isObject(value)) return value;
  const dated: JsonObject = {};
  for (const [key, item] of Object.entries(value)) put(dated, key, withTimes(seeder, item));
  return dated;
}

function latest({ nowMs }: Seeder, schedule: string): string {
  const parsed = parseSchedule(schedule);
  return isoTime((parsed && latestTime(parsed, 0, nowMs)) ?? nowMs);
}

function plantFoundation(seeder: Seeder, scenario: Scenario): void {
  const manager = 'kube-apiserver';
  for (const { name, team, age } of scenario.namespaces) {
    seeder.put({
      resource: 'namespaces',
      age,
      manager,
      object: { metadata: { name, ...(team ? { labels: { team } } : {}) } },
    });
    seeder.put({
      resource: 'serviceaccounts',
      namespace: name,
      age,
      manager: 'kube-controller-manager',
      object: { metadata: { name: 'default' } },
    });
    const data = { 'ca.crt': seeder.machinery.caCertificate };
    seeder.put({
      resource: 'configmaps',
      namespace: name,
      age,
      manager: 'kube-controller-manager',
      object: { metadata: { name: 'kube-root-ca.crt' }, data },
    });
  }
  const { clusterroles, clusterrolebindings } = readRbacFacts();
  for (const role of clusterroles)
    seeder.put({ resource: 'clusterroles.rbac.authorization.k8s.io', age: FOUNDED, manager, object: role });
  for (const binding of clusterrolebindings)
    seeder.put({
      resource: 'clusterrolebindings.rbac.authorization.k8s.io',
      age: FOUNDED,
      manager,
      object: binding,
    });
}

const CRITICAL: [name: string, value: number, description: string][] = [
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
  [
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
];

/** What every cluster has besides. Its uids are fixed, as if drawn before this world's chance began. */
function plantFounded(seeder: Seeder): void {
  const plant = (resource: string, name: string, rest: JsonObject, namespace?: string) =>
    seeder.machinery.store.get(resource, namespace ?? '', name) ??
    seeder.put({
      resource,
      age: FOUNDED,
      manager: namespace ? 'kube-controller-manager' : 'kube-apiserver',
      object: { metadata: { name, uid: seededRandom(fnv32(`${resource}/${name}`)).uid() }, ...rest },
      ...(namespace ? { namespace } : {}),
    });
  for (const [name, value, description] of CRITICAL)
    plant('priorityclasses.scheduling.k8s.io', name, { value, description });
  plant('namespaces', 'kube-public', {});
  plant('serviceaccounts', 'default', {}, 'kube-public');
  const data = { 'ca.crt': seeder.machinery.caCertificate };
  plant('configmaps', 'kube-root-ca.crt', { data }, 'kube-public');
}

function jobStatus(seeder: Seeder, { age, pod, completions }: JobPodSpec): JsonObject {
  const base = { startTime: seeder.ago(age), uncountedTerminatedPods: {} };
  if (pod.state !== 'completed') return { ...base, active: 1, ready: pod.state === 'unschedulable' ? 0 : 1 };
  // Its pod ran for four minutes.
  const end = isoTime(Date.parse(seeder.ago(age)) + 242_000);
  const condition = (type: string) => ({
    type,
    status: 'True',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
    lastProbeTime: end,
    lastTransitionTime: end,
  });
  const conditions = [condition('SuccessCriteriaMet'), condition('Complete')];
  return { ...base, completionTime: end, succeeded: completions ?? 1, ready: 0, terminating: 0, conditions };
}

function plantJob(seeder: Seeder, pods: PodPlanter, spec: JobPodSpec): void {
  const podSpec = { ...podSpecOf(spec, spec.image), restartPolicy: spec.isJob ? 'Never' : 'Always' };
  const plan = { namespace: spec.namespace, age: spec.age, line: spec.pod };
  if (!spec.isJob) {
    pods.plant({ ...plan, name: spec.name, labels: { run: spec.name, ...spec.labels }, spec: podSpec });
    return;
  }
  const uid = seeder.machinery.random.uid();
  const labels = {
    app: spec.name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': spec.name,
    ...spec.labels,
  };
  seeder.put({
    resource: 'jobs.batch',
    namespace: spec.namespace,
    age: spec.age,
    manager: 'kubectl-create',
    statusManager: 'kube-controller-manager',
    object: {
      metadata: { name: spec.name, uid, labels: { app: spec.name } },
      spec: {
        completions: spec.completions ?? 1,
        parallelism: 1,
        template: { metadata: { labels }, spec: podSpec },
      },
      status: jobStatus(seeder, spec),
    },
  });
  const owner = controllerReference('batch/v1', 'Job', spec.name, uid);
  const suffix = spec.pod.suffix ?? seeder.machinery.random.suffix();
  pods.plant({
    ...plan,
    name: `${spec.name}-${suffix}`,
    generateName: `${spec.name}-`,
    labels,
    spec: podSpec,
    owner,
  });
}

const RESOURCES: Record<string, [resource: string, apiVersion: string]> = {
  Pod: ['pods', 'v1'],
  Node: ['nodes', 'v1'],
  ReplicaSet: ['replicasets.apps', 'apps/v1'],
  Deployment: ['deployments.apps', 'apps/v1'],
  StatefulSet: ['statefulsets.apps', 'apps/v1'],
  HorizontalPodAutoscaler: ['horizontalpodautoscalers.autoscaling', 'autoscaling/v2'],
  PersistentVolumeClaim: ['persistentvolumeclaims', 'v1'],
};

function plantEvent(seeder: Seeder, event: SeedEvent): void {
  const [resource, apiVersion] = RESOURCES[event.kind] ?? ['', ''];
  const involved = seeder.machinery.store.get(resource, event.namespace, event.name);
  if (!involved)
    throw new Error(`the scenario has an event of a missing ${event.kind} ${event.namespace}/${event.name}`);
  const where = event.namespace ? { namespace: event.namespace } : {};
  const container =
    event.kind === 'Pod' && event.source === 'kubelet'
      ? `spec.containers{${String(object((object(involved.spec).containers as unknown[])[0]).name)}}`
      : '';
  seeder.put({
    resource: 'events',
    namespace: event.namespace || 'default',
    age: event.first,
    manager: event.source,
    object: {
      metadata: { name: `${event.name}.${seeder.machinery.random.hex(16)}` },
      involvedObject: {
        kind: event.kind,
        ...where,
        name: event.name,
        // A node's events carry its name where others carry the uid: the kubelet knows no better.
        uid: event.kind === 'Node' ? event.name : involved.metadata.uid,
        apiVersion,
        resourceVersion: involved.metadata.resourceVersion,
        ...(container ? { fieldPath: container } : {}),
      },
      reason: event.reason,
      message: event.message.replace('%pod', `${event.name}_${event.namespace}(${involved.metadata.uid})`),
      type: event.type,
      count: event.count,
      firstTimestamp: seeder.ago(event.first),
      lastTimestamp: seeder.ago(event.last),
      source: { component: event.source, ...(event.host ? { host: event.host } : {}) },
      reportingComponent: event.source,
      reportingInstance: event.host ?? '',
    },
  });
}
