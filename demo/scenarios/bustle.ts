/** Rollouts, scalings and probe failures of a busy cluster, one after the other for ever, drawn from the world's chance. */
import { isoTime } from '../apiserver/rest/context.ts';
import type { Cancel } from '../base/clock.ts';
import { at, type JsonObject } from '../base/json.ts';
import type { KubeObject, Pod } from '../base/types.ts';
import { isActive } from '../controllers/pod-facts.ts';
import { type DriverTools, merge } from './driver-tools.ts';
import type { Bustle } from './scenario.ts';

const PEOPLE = ['bob', 'carol', 'argocd-controller'];
/** A size strays so far from the scenario's, no farther: the cluster must hold it. */
const LEAST_SHARE = 0.5;
const MOST_SHARE = 1.5;

/** Returns how to stop. */
export function startBustle(tools: DriverTools, bustle: Bustle): () => void {
  const stops = [
    repeat(tools, bustle.rolloutEveryMs, () => rollOut(tools)),
    repeat(tools, bustle.scaleEveryMs, () => scale(tools)),
    repeat(tools, bustle.eventEveryMs, () => report(tools)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function repeat({ machinery: { clock } }: DriverTools, everyMs: number, run: () => void): () => void {
  let cancel: Cancel;
  const again = () => {
    cancel = clock.schedule(everyMs, () => {
      again();
      run();
    });
  };
  again();
  return () => cancel();
}

function pick<T>({ machinery: { random } }: DriverTools, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[random.below(from.length)];
}

/**
 * One of the shop's own Deployments. What holds the cluster together is left in peace, and what is autoscaled too: a
 * rollout here takes seconds, and young pods have no figures to scale by.
 */
function ownDeployment(tools: DriverTools): KubeObject | undefined {
  const { store } = tools.machinery;
  const targets = new Set(
    store
      .list('horizontalpodautoscalers.autoscaling')
      .map(({ metadata, spec }) => `${metadata.namespace}/${String(at(spec, 'scaleTargetRef', 'name'))}`),
  );
  const isOwn = ({ metadata: { namespace = '', name } }: KubeObject) =>
    (namespace.startsWith('shop-') || namespace === 'payments') && !targets.has(`${namespace}/${name}`);
  return pick(tools, store.list('deployments.apps').filter(isOwn));
}

function write(tools: DriverTools, deployment: KubeObject, manager: string, patch: JsonObject): void {
  const { namespace = '', name } = deployment.metadata;
  merge(tools, { resource: 'deployments.apps', namespace, name, manager, patch });
}

function rollOut(tools: DriverTools): void {
  const deployment = ownDeployment(tools);
  if (!deployment) return;
  const restartedAt = isoTime(tools.machinery.clock.now());
  const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
  write(tools, deployment, pick(tools, PEOPLE) ?? '', {
    spec: { template: { metadata: { annotations } } },
  });
}

/** By hand, one pod more or less. */
function scale(tools: DriverTools): void {
  const { random } = tools.machinery;
  const deployment = ownDeployment(tools);
  if (!deployment) return;
  const planned = plannedSize(tools, deployment);
  const replicas = Number(at(deployment.spec, 'replicas') ?? 1);
  const step = random.below(2) === 0 ? -1 : 1;
  const [least, most] = [Math.max(1, Math.floor(planned * LEAST_SHARE)), Math.ceil(planned * MOST_SHARE)];
  const wanted = Math.min(most, Math.max(least, replicas + step));
  write(tools, deployment, pick(tools, PEOPLE) ?? '', { spec: { replicas: wanted } });
}

const plannedSize = ({ scenario }: DriverTools, { metadata }: KubeObject): number =>
  scenario.workloads.find(({ namespace, name }) => namespace === metadata.namespace && name === metadata.name)
    ?.replicas ?? 1;

/** A readiness probe that fails once and takes nothing down. */
function report(tools: DriverTools): void {
  const pods = (tools.machinery.store.list('pods') as Pod[]).filter(
    (pod) => isActive(pod) && pod.spec.nodeName,
  );
  const pod = pick(tools, pods);
  const container = pod?.spec.containers[0]?.name;
  if (!pod || container === undefined) return;
  const source = { component: 'kubelet', host: pod.spec.nodeName ?? '' };
  tools.recorder.record(pod, source, {
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    fieldPath: `spec.containers{${container}}`,
  });
}
