/** Rollouts, scalings and probe failures of a busy cluster, one after the other for ever, drawn from the world's chance. */
import { isoTime } from '../apiserver/rest/context.ts';
import type { Cancel } from '../base/clock.ts';
import type { JsonObject } from '../base/json.ts';
import type { KubeObject, Pod } from '../base/types.ts';
import { isActive } from '../controllers/pod-facts.ts';
import { type DriverTools, merge } from './driver-tools.ts';
import type { Bustle } from './scenario.ts';

const PEOPLE = ['bob', 'carol', 'argocd-controller'];
const MOST_REPLICAS = 24;

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

/** One of the shop's own Deployments; what holds the cluster together is left in peace. */
const ownDeployment = (tools: DriverTools): KubeObject | undefined =>
  pick(
    tools,
    tools.machinery.store
      .list('deployments.apps')
      .filter(({ metadata }) => metadata.namespace?.startsWith('shop-') || metadata.namespace === 'payments'),
  );

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

function scale(tools: DriverTools): void {
  const deployment = ownDeployment(tools);
  if (!deployment) return;
  const replicas = Number((deployment.spec as JsonObject | undefined)?.replicas ?? 1);
  const step = tools.machinery.random.below(2) === 0 ? -1 : 1;
  const wanted = Math.min(MOST_REPLICAS, Math.max(1, replicas + step));
  write(tools, deployment, 'horizontal-pod-autoscaler', { spec: { replicas: wanted } });
}

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
