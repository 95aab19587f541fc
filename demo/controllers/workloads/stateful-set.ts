/** StatefulSets: pods by ordinal, one after the other, highest first on the way down and when they are updated. */
import { systemContext } from '../../apiserver/rest/context.ts';
import type { JsonObject } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import { fnv32, safeEncode } from '../../base/random.ts';
import type { Container, KubeObject, LabelSelector, Pod, PodTemplate } from '../../base/types.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  MANAGER,
  writeStatus,
} from '../framework/controller.ts';
import { isPodReady } from '../pod-facts.ts';

const RESOURCE = 'statefulsets.apps';
const SOURCE = { component: 'statefulset-controller' };
const HASH = 'controller-revision-hash';

interface StatefulSet extends KubeObject {
  spec: {
    replicas: number;
    serviceName?: string;
    selector: LabelSelector;
    template: PodTemplate;
    podManagementPolicy?: string;
    updateStrategy?: { type: string; rollingUpdate?: { partition?: number } };
  };
  status: { currentRevision?: string; updateRevision?: string; collisionCount?: number };
}

/** Revisions differ by what the pods would run; the scenario names its first ones by image alone. */
export const statefulRevision = (name: string, template: PodTemplate): string => {
  const images = template.spec.containers.map((container: Container) => container.image).join();
  const plain = safeEncode(String(fnv32(images)));
  const stamp = template.metadata?.annotations ? JSON.stringify(template.metadata.annotations) : '';
  return `${name}-${stamp ? safeEncode(String(fnv32(images + stamp))) : plain}`;
};

const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);

export class StatefulSetController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const set = this.#tools.machinery.store.get(RESOURCE, namespace, name) as StatefulSet | undefined;
    if (!set) return;
    const revision = statefulRevision(name, set.spec.template);
    if (set.metadata.deletionTimestamp === undefined) {
      this.#ensureRevision(set, revision);
      this.#step(set, revision);
    }
    const pods = this.#pods(set);
    const updated = pods.filter((pod) => pod.metadata.labels?.[HASH] === revision).length;
    const ready = pods.filter(isPodReady).length;
    const isDone = updated === set.spec.replicas && pods.length === set.spec.replicas;
    const current = isDone ? revision : (set.status?.currentRevision ?? revision);
    writeStatus(this.#tools, RESOURCE, set, {
      observedGeneration: set.metadata.generation,
      replicas: pods.length,
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      currentReplicas: pods.filter((pod) => pod.metadata.labels?.[HASH] === current).length,
      updatedReplicas: updated,
      availableReplicas: ready,
      currentRevision: current,
      updateRevision: revision,
      collisionCount: 0,
    });
  }

  #pods(set: StatefulSet): Pod[] {
    return (this.#tools.owners.list('pods', set.metadata.uid) as Pod[]).sort(
      (a, b) => ordinalOf(a) - ordinalOf(b),
    );
  }

  /** One step towards what is wanted; the next one follows when its effect is seen. */
  #step(set: StatefulSet, revision: string): void {
    const pods = this.#pods(set);
    const isParallel = set.spec.podManagementPolicy === 'Parallel';
    for (let ordinal = 0; ordinal < set.spec.replicas; ordinal += 1) {
      const pod = pods.find((item) => ordinalOf(item) === ordinal);
      if (!pod) this.#create(set, ordinal, revision);
      const isSettled = pod !== undefined && isPodReady(pod) && pod.metadata.deletionTimestamp === undefined;
      if (pod && (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded'))
        deletePod(this.#tools, pod);
      if (!isSettled && !isParallel) return;
    }
    const surplus = pods.filter((pod) => ordinalOf(pod) >= set.spec.replicas).reverse();
    for (const pod of surplus) {
      if (pod.metadata.deletionTimestamp === undefined) this.#delete(set, pod);
      if (!isParallel) return;
    }
    this.#update(set, pods, revision);
  }

  #update(set: StatefulSet, pods: Pod[], revision: string): void {
    if (set.spec.updateStrategy?.type === 'OnDelete') return;
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
    const outdated = pods.filter(
      (pod) => ordinalOf(pod) >= partition && pod.metadata.labels?.[HASH] !== revision,
    );
    const next = outdated.at(-1);
    if (next && pods.every(isPodReady) && next.metadata.deletionTimestamp === undefined)
      this.#delete(set, next);
  }

  #delete(set: StatefulSet, pod: Pod): void {
    deletePod(this.#tools, pod);
    const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
    this.#tools.recorder.record(set, SOURCE, { type: 'Normal', reason: 'SuccessfulDelete', message });
  }

  #create(set: StatefulSet, ordinal: number, revision: string): void {
    const { name, namespace = '', uid } = set.metadata;
    const { template, serviceName } = set.spec;
    const podName = `${name}-${ordinal}`;
    const owner = controllerReference('apps/v1', 'StatefulSet', name, uid);
    createPod(this.#tools, namespace, {
      metadata: {
        name: podName,
        generateName: `${name}-`,
        labels: {
          ...template.metadata?.labels,
          [HASH]: revision,
          'statefulset.kubernetes.io/pod-name': podName,
          'apps.kubernetes.io/pod-index': String(ordinal),
        },
        ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
        ownerReferences: [owner],
      },
      spec: {
        ...(template.spec as unknown as JsonObject),
        hostname: podName,
        ...(serviceName ? { subdomain: serviceName } : {}),
      },
    });
    const message = `create Pod ${podName} in StatefulSet ${name} successful`;
    this.#tools.recorder.record(set, SOURCE, { type: 'Normal', reason: 'SuccessfulCreate', message });
  }

  #ensureRevision(set: StatefulSet, revision: string): void {
    const { machinery, mutations } = this.#tools;
    const { namespace = '', name, uid } = set.metadata;
    if (machinery.store.get('controllerrevisions.apps', namespace, revision)) return;
    const owner = controllerReference('apps/v1', 'StatefulSet', name, uid);
    const known = this.#tools.owners.list('controllerrevisions.apps', uid).length;
    const body = {
      metadata: {
        name: revision,
        labels: set.spec.template.metadata?.labels ?? {},
        ownerReferences: [owner],
      },
      revision: known + 1,
      data: { spec: { template: { ...(set.spec.template as unknown as JsonObject), $patch: 'replace' } } },
    };
    mutations.writer.create(
      machinery.kinds.builtIn('controllerrevisions.apps'),
      namespace,
      body,
      systemContext(MANAGER),
    );
  }
}
