/** The pods of a StatefulSet: their ordinals, their names, and how each is made from a template and its claims. Pure. */
import type { JsonObject } from '../../base/json.ts';
import type { Pod, PodTemplate } from '../../base/types.ts';
import { podFromTemplate } from './pod-template.ts';
import { type ControllerRevision, type Revised, templateOf } from './revisions.ts';

export const REVISION_LABEL = 'controller-revision-hash';
const NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const INDEX_LABEL = 'apps.kubernetes.io/pod-index';

type Retention = 'Retain' | 'Delete';

export interface ClaimTemplate {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: JsonObject;
}

export interface StatefulSet extends Revised {
  spec: Revised['spec'] & {
    replicas: number;
    serviceName?: string;
    minReadySeconds?: number;
    podManagementPolicy?: string;
    ordinals?: { start?: number };
    volumeClaimTemplates?: ClaimTemplate[];
    persistentVolumeClaimRetentionPolicy?: { whenDeleted: Retention; whenScaled: Retention };
    updateStrategy?: { type: string; rollingUpdate?: { partition?: number } };
  };
  status?: {
    collisionCount?: number;
    currentRevision?: string;
    currentReplicas?: number;
  };
}

export const startOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0;

/** -1 when the name has none. */
export function ordinalOf(pod: Pod): number {
  const digits = /-([0-9]+)$/.exec(pod.metadata.name)?.[1];
  const ordinal = digits === undefined ? -1 : Number(digits);
  return ordinal <= 2_147_483_647 ? ordinal : -1;
}

export const isMember = (set: StatefulSet, pod: Pod): boolean =>
  /^(.*)-[0-9]+$/s.exec(pod.metadata.name)?.[1] === set.metadata.name;

export const isInRange = (set: StatefulSet, pod: Pod): boolean => {
  const index = ordinalOf(pod) - startOrdinal(set);
  return index >= 0 && index < set.spec.replicas;
};

export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;

export const claimName = (set: StatefulSet, template: ClaimTemplate, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`;

/** The claims of one ordinal, ready to be made. They carry the set's labels and belong to nobody at first. */
export const claimBodies = (set: StatefulSet, ordinal: number) =>
  (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      name: claimName(set, template, ordinal),
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
      ...(template.metadata.annotations ? { annotations: template.metadata.annotations } : {}),
    },
    spec: template.spec,
  }));

/** The pod of an ordinal at a revision. A claim takes the place of a volume of its name. */
export function statefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): JsonObject {
  const template: PodTemplate = templateOf(revision);
  const name = podName(set, ordinal);
  const pod = podFromTemplate(set, template) as { metadata: JsonObject; spec: JsonObject };
  const claims = (set.spec.volumeClaimTemplates ?? []).map((item) => ({
    name: item.metadata.name,
    persistentVolumeClaim: { claimName: claimName(set, item, ordinal) },
  }));
  const others = (template.spec.volumes ?? []).filter(
    (volume) => !claims.some(({ name: own }) => own === volume.name),
  );
  const volumes = [...claims, ...others];
  return {
    metadata: {
      ...pod.metadata,
      name,
      labels: {
        ...template.metadata?.labels,
        [REVISION_LABEL]: revision.metadata.name,
        [NAME_LABEL]: name,
        [INDEX_LABEL]: String(ordinal),
      },
    },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

/** Below the partition a pod is made at the current revision, above it at the update's. */
export function isOfCurrentRevision(set: StatefulSet, index: number): boolean {
  const { updateStrategy } = set.spec;
  const { rollingUpdate } = updateStrategy ?? {};
  if (rollingUpdate) return index < (rollingUpdate.partition ?? 0);
  return updateStrategy?.type === 'RollingUpdate' && index < (set.status?.currentReplicas ?? 0);
}
