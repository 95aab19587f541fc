/**
 * Namespaces: what a new one starts with, and emptying one that is to go, in the real controller's order and words:
 * a rest of five seconds, pods first, then everything else, and conditions that tell what is still in the way.
 */
import type { ResourceType } from '../apiserver/meta/kinds.ts';
import { isoTime, systemContext } from '../apiserver/rest/context.ts';
import { array, at, number, objects } from '../base/json.ts';
import type { Condition, KubeObject } from '../base/types.ts';
import { type ControllerTools, MANAGER, writeStatus } from './framework/controller.ts';

const REST_MS = 5_000;
const AGAIN_MS = 1_000;
/** How long the real controller gives objects with finalizers. */
const FINALIZING_SECONDS = 15;

const WELL: [type: string, reason: string, message: string][] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  [
    'NamespaceDeletionGroupVersionParsingFailure',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  ],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

/** What is left of a namespace's content. */
interface Remains {
  /** `configmaps. has 1 resource instances`, a line a kind. */
  kinds: string[];
  finalizers: Map<string, number>;
  objects: number;
  estimateSeconds: number;
}

export class NamespaceController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const name = key.slice(1);
    const { store, clock } = this.#tools.machinery;
    const namespace = store.get('namespaces', '', name);
    if (!namespace) return undefined;
    const { deletionTimestamp } = namespace.metadata;
    if (deletionTimestamp === undefined) {
      this.#furnish(name);
      return undefined;
    }
    const deletedMs = Date.parse(deletionTimestamp);
    const restMs = deletedMs + REST_MS - clock.now();
    if (restMs > 0) return restMs;
    if (array(at(namespace, 'spec', 'finalizers')).length === 0) return undefined;
    const pods = this.#empty(name, deletedMs, (type) => type.key === 'pods');
    // As long as pods are left, nothing else is touched, and the conditions do not tell of them.
    const left = pods.objects > 0 ? pods : this.#empty(name, deletedMs, (type) => type.key !== 'pods');
    const current = this.#tell(namespace, pods.objects > 0 ? undefined : left);
    if (left.estimateSeconds > 0) return (Math.floor(left.estimateSeconds / 2) + 1) * 1_000;
    if (left.objects > 0) return AGAIN_MS;
    this.#finalize(current);
    return undefined;
  }

  /** Deletes what is there of these kinds, and says what stays for now. */
  #empty(name: string, deletedMs: number, isMeant: (type: ResourceType) => boolean): Remains {
    const { store, kinds } = this.#tools.machinery;
    const remains: Remains = { kinds: [], finalizers: new Map(), objects: 0, estimateSeconds: 0 };
    const seen = new Set<string>();
    for (const type of kinds.all()) {
      if (!type.namespaced || seen.has(type.key) || !isMeant(type)) continue;
      seen.add(type.key);
      for (const { metadata } of store.list(type.key, name)) {
        if (metadata.deletionTimestamp === undefined)
          this.#tools.mutations.deleter.delete(type, name, metadata.name, {
            isDryRun: false,
            propagationPolicy: 'Background',
          });
      }
      this.#count(remains, type, store.list(type.key, name), deletedMs);
    }
    return remains;
  }

  #count(remains: Remains, type: ResourceType, left: KubeObject[], deletedMs: number): void {
    if (left.length === 0) return;
    remains.objects += left.length;
    remains.kinds.push(`${type.resource}.${type.group} has ${left.length} resource instances`);
    for (const finalizer of left.flatMap(({ metadata }) => metadata.finalizers ?? []))
      remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1);
    const hasFinalizers = left.some(({ metadata }) => (metadata.finalizers ?? []).length > 0);
    const seconds = type.key === 'pods' ? this.#graceSeconds(left, deletedMs) : 0;
    remains.estimateSeconds = Math.max(
      remains.estimateSeconds,
      seconds || (hasFinalizers ? FINALIZING_SECONDS : 0),
    );
  }

  /** The longest grace of pods that still run, unless it has passed since the namespace was deleted. */
  #graceSeconds(pods: KubeObject[], deletedMs: number): number {
    const running = pods.filter(
      (pod) => !['Succeeded', 'Failed'].includes(String(at(pod, 'status', 'phase'))),
    );
    const seconds = Math.max(
      0,
      ...running.map((pod) => number(at(pod, 'spec', 'terminationGracePeriodSeconds'))),
    );
    return this.#tools.machinery.clock.now() - deletedMs >= seconds * 1_000 ? 0 : seconds;
  }

  #tell(namespace: KubeObject, left: Remains | undefined): KubeObject {
    const found = new Map<string, [reason: string, message: string]>();
    if (left && left.kinds.length > 0)
      found.set('NamespaceContentRemaining', [
        'SomeResourcesRemain',
        `Some resources are remaining: ${left.kinds.sort().join(', ')}`,
      ]);
    if (left && left.finalizers.size > 0) {
      const words = [...left.finalizers].map(([name, count]) => `${name} in ${count} resource instances`);
      found.set('NamespaceFinalizersRemaining', [
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${words.sort().join(', ')}`,
      ]);
    }
    const before = objects(at(namespace, 'status', 'conditions')) as unknown as Condition[];
    const conditions = WELL.map(([type, ...well]) => {
      const bad = found.get(type);
      const [reason, message] = bad ?? well;
      const status = bad ? 'True' : 'False';
      const last = before.find((condition) => condition.type === type);
      const isSame = last?.status === status;
      const lastTransitionTime = isSame
        ? last.lastTransitionTime
        : isoTime(this.#tools.machinery.clock.now());
      return { type, status, lastTransitionTime, reason, message };
    });
    return writeStatus(this.#tools, 'namespaces', namespace, { phase: 'Terminating', conditions });
  }

  #finalize(namespace: KubeObject): void {
    const rest = array(at(namespace, 'spec', 'finalizers')).filter((item) => item !== 'kubernetes');
    this.#tools.mutations.writer.update(
      this.#tools.machinery.kinds.builtIn('namespaces'),
      '',
      namespace.metadata.name,
      (current) => ({ ...current, spec: { finalizers: rest } }),
      systemContext(MANAGER, 'finalize'),
      { isTrusted: true },
    );
  }

  #furnish(name: string): void {
    const { store, kinds, caCertificate } = this.#tools.machinery;
    const { writer } = this.#tools.mutations;
    if (!store.get('serviceaccounts', name, 'default')) {
      writer.create(
        kinds.builtIn('serviceaccounts'),
        name,
        { metadata: { name: 'default' } },
        systemContext(MANAGER),
      );
    }
    if (!store.get('configmaps', name, 'kube-root-ca.crt')) {
      writer.create(
        kinds.builtIn('configmaps'),
        name,
        { metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': caCertificate } },
        systemContext(MANAGER),
      );
    }
  }
}
