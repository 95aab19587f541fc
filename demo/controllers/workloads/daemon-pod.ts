/** The pods of a DaemonSet: bound to their node by name, with the tolerations that daemons have. Pure. */
import { array, at, type JsonObject, object, objects } from '../../base/json.ts';
import type { NodeObject, Pod, PodSpec, PodTemplate } from '../../base/types.ts';
import { matchesNodeAffinity, tolerates } from '../../scheduler/terms.ts';
import { podFromTemplate } from './pod-template.ts';
import type { Revised } from './revisions.ts';

export const HASH_LABEL = 'controller-revision-hash';
const GENERATION_LABEL = 'pod-template-generation';
const GENERATION = 'deprecated.daemonset.template.generation';

export interface DaemonSet extends Revised {
  spec: Revised['spec'] & {
    minReadySeconds?: number;
    updateStrategy?: {
      type: string;
      rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string };
    };
  };
  status?: { collisionCount?: number; observedGeneration?: number; numberMisscheduled?: number };
}

const TOLERATED: readonly (readonly [name: string, effect: string])[] = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
];

/** Its own tolerations and those every daemon has; one that says the same of a taint is replaced. */
function withTolerations(spec: PodSpec): PodSpec {
  const names =
    spec.hostNetwork === true ? [...TOLERATED, ['network-unavailable', 'NoSchedule'] as const] : TOLERATED;
  const added = names.map(([name, effect]) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect,
  }));
  const isReplaced = (own: { key?: string; operator?: string; effect?: string; value?: string }) =>
    added.some(
      ({ key, effect }) =>
        own.key === key && own.effect === effect && own.operator === 'Exists' && (own.value ?? '') === '',
    );
  const own = (spec.tolerations ?? []).filter((toleration) => !isReplaced(toleration));
  return { ...spec, tolerations: [...own, ...added] };
}

const generationOf = (set: DaemonSet): string | undefined => set.metadata.annotations?.[GENERATION];

/** Whether a pod is of the present template: by the revision's hash, or by the old count of templates. */
export function isUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const generation = generationOf(set);
  const labels = pod.metadata.labels ?? {};
  return labels[HASH_LABEL] === hash || (generation !== undefined && labels[GENERATION_LABEL] === generation);
}

export interface Placement {
  /** A new pod would be made there. */
  shouldRun: boolean;
  /** One that is there may stay. */
  shouldStay: boolean;
}

/** Whether a DaemonSet belongs on a node: by name, selector, required affinity and taints. */
export function placementOn(template: PodTemplate, node: NodeObject): Placement {
  const spec = withTolerations(template.spec);
  const { nodeName } = spec;
  if (nodeName && nodeName !== node.metadata.name) return { shouldRun: false, shouldStay: false };
  const pod = { spec } as Pod;
  if (!matchesNodeAffinity(pod, node)) return { shouldRun: false, shouldStay: false };
  const taints = (node.spec.taints ?? []).filter((taint) => !tolerates(pod, taint));
  return {
    shouldRun: !taints.some(({ effect }) => effect === 'NoExecute' || effect === 'NoSchedule'),
    shouldStay: !taints.some(({ effect }) => effect === 'NoExecute'),
  };
}

/** The node a pod runs on, or is meant for. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const required = at(pod.spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  for (const term of objects(object(required).nodeSelectorTerms)) {
    for (const { key, operator, values } of objects(term.matchFields)) {
      const [name] = array(values);
      if (key === 'metadata.name' && operator === 'In' && typeof name === 'string') return name;
    }
  }
  return undefined;
}

/** The pod for one node. The scheduler puts it there: its required affinity names the node and nothing else. */
export function daemonPod(set: DaemonSet, node: string, hash: string): JsonObject {
  const { template } = set.spec;
  const pod = podFromTemplate(set, template) as { metadata: JsonObject; spec: JsonObject };
  const generation = generationOf(set);
  const affinity = object(pod.spec.affinity);
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  return {
    metadata: {
      ...pod.metadata,
      labels: {
        ...template.metadata?.labels,
        [HASH_LABEL]: hash,
        ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
      },
    },
    spec: {
      ...withTolerations(template.spec),
      affinity: {
        ...affinity,
        nodeAffinity: {
          ...object(affinity.nodeAffinity),
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
        },
      },
    } as unknown as JsonObject,
  };
}
