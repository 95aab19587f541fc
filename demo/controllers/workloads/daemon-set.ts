/** DaemonSets: one pod on every node that fits, replaced one at a time when the template changes. */
import type { JsonObject } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import { fnv32, safeEncode } from '../../base/random.ts';
import type { KubeObject, NodeObject, Pod, PodTemplate } from '../../base/types.ts';
import {
  type ControllerTools,
  createPod,
  deletePod,
  keyParts,
  writeStatus,
} from '../framework/controller.ts';
import { isActive, isPodReady } from '../pod-facts.ts';
import { resolvePercent } from '../rounding.ts';

const RESOURCE = 'daemonsets.apps';
const SOURCE = { component: 'daemonset-controller' };
const HASH = 'controller-revision-hash';

interface DaemonSet extends KubeObject {
  spec: {
    template: PodTemplate;
    updateStrategy?: { type: string; rollingUpdate?: { maxUnavailable?: number | string } };
  };
}

export const daemonHash = (template: PodTemplate): string => {
  const images = template.spec.containers.map((container) => container.image).join();
  const stamp = template.metadata?.annotations ? JSON.stringify(template.metadata.annotations) : '';
  return safeEncode(String(fnv32(images + stamp)));
};

/** A daemon runs on every node its selector takes, cordoned and pressed ones included. */
const fits = (template: PodTemplate, node: NodeObject): boolean =>
  Object.entries(template.spec.nodeSelector ?? {}).every(
    ([key, value]) => node.metadata.labels?.[key] === value,
  );

const DAEMON_TOLERATIONS = [
  'not-ready',
  'unreachable',
  'disk-pressure',
  'memory-pressure',
  'pid-pressure',
  'unschedulable',
].map((name) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: name === 'not-ready' || name === 'unreachable' ? 'NoExecute' : 'NoSchedule',
}));

export class DaemonSetController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const { store } = this.#tools.machinery;
    const set = store.get(RESOURCE, namespace, name) as DaemonSet | undefined;
    if (!set) return;
    const nodes = (store.list('nodes') as NodeObject[]).filter((node) => fits(set.spec.template, node));
    const hash = daemonHash(set.spec.template);
    if (set.metadata.deletionTimestamp === undefined) this.#place(set, nodes, hash);
    const pods = this.#pods(set).filter(isActive);
    const ready = pods.filter(isPodReady).length;
    writeStatus(this.#tools, RESOURCE, set, {
      currentNumberScheduled: pods.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      observedGeneration: set.metadata.generation,
      ...(pods.some((pod) => pod.metadata.labels?.[HASH] === hash)
        ? { updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[HASH] === hash).length }
        : {}),
      ...(ready > 0 ? { numberAvailable: ready } : {}),
      ...(ready < nodes.length ? { numberUnavailable: nodes.length - ready } : {}),
    });
  }

  #pods(set: DaemonSet): Pod[] {
    return this.#tools.owners.list('pods', set.metadata.uid) as Pod[];
  }

  #place(set: DaemonSet, nodes: NodeObject[], hash: string): void {
    const pods = this.#pods(set);
    for (const node of nodes) {
      const here = pods.filter((pod) => pod.spec.nodeName === node.metadata.name);
      if (here.length === 0) this.#create(set, node.metadata.name, hash);
      for (const pod of here)
        if (!isActive(pod) && pod.metadata.deletionTimestamp === undefined) deletePod(this.#tools, pod);
    }
    const kept = new Set(nodes.map((node) => node.metadata.name));
    for (const pod of pods)
      if (isActive(pod) && !kept.has(pod.spec.nodeName ?? '')) deletePod(this.#tools, pod);
    this.#update(set, nodes.length, hash);
  }

  #update(set: DaemonSet, wanted: number, hash: string): void {
    if (set.spec.updateStrategy?.type === 'OnDelete') return;
    const pods = this.#pods(set);
    const unavailable = wanted - pods.filter((pod) => isActive(pod) && isPodReady(pod)).length;
    const room =
      Math.max(1, resolvePercent(set.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted, true)) -
      unavailable;
    const outdated = pods.filter((pod) => isActive(pod) && pod.metadata.labels?.[HASH] !== hash);
    for (const pod of outdated.slice(0, Math.max(0, room))) {
      deletePod(this.#tools, pod);
      this.#tools.recorder.record(set, SOURCE, {
        type: 'Normal',
        reason: 'SuccessfulDelete',
        message: `Deleted pod: ${pod.metadata.name}`,
      });
    }
  }

  #create(set: DaemonSet, nodeName: string, hash: string): void {
    const { name, namespace = '', uid } = set.metadata;
    const { template } = set.spec;
    const owner = controllerReference('apps/v1', 'DaemonSet', name, uid);
    const pod = createPod(this.#tools, namespace, {
      metadata: {
        generateName: `${name}-`,
        labels: { ...template.metadata?.labels, [HASH]: hash, 'pod-template-generation': '1' },
        ...(template.metadata?.annotations ? { annotations: template.metadata.annotations } : {}),
        ownerReferences: [owner],
      },
      spec: {
        ...(template.spec as unknown as JsonObject),
        nodeName,
        tolerations: [...(template.spec.tolerations ?? []), ...DAEMON_TOLERATIONS],
      },
    });
    this.#tools.recorder.record(set, SOURCE, {
      type: 'Normal',
      reason: 'SuccessfulCreate',
      message: `Created pod: ${pod.metadata.name}`,
    });
  }
}
