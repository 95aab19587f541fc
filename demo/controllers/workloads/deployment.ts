/** Deployments: one ReplicaSet a template, rolled over by the arithmetic of rollout.ts, told about in the status. */
import { isoTime, systemContext } from '../../apiserver/rest/context.ts';
import { equal, type JsonObject, object } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import { fnv32, safeEncode } from '../../base/random.ts';
import type { Deployment, KubeObject, Pod, ReplicaSet } from '../../base/types.ts';
import { type ControllerTools, change, keyParts, MANAGER, writeStatus } from '../framework/controller.ts';
import { resolveFenceposts } from '../rounding.ts';
import { deploymentStatus } from './deployment-status.ts';
import {
  nextNewReplicas,
  nextOldReplicas,
  proportionalReplicas,
  type RolloutFacts,
  type SetFacts,
} from './rollout.ts';

const RESOURCE = 'deployments.apps';
const SOURCE = { component: 'deployment-controller' };
const HASH = 'pod-template-hash';
const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';

export const revisionOf = (value: KubeObject): number =>
  Number(value.metadata.annotations?.[REVISION] ?? 0) || 0;

export class DeploymentController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const deployment = this.#tools.machinery.store.get(RESOURCE, namespace, name) as Deployment | undefined;
    if (!deployment || deployment.metadata.deletionTimestamp !== undefined) return undefined;
    const found = this.#sets(deployment).find((set) => sameTemplate(set, deployment));
    if (deployment.spec.paused || this.#isScalingEvent(deployment)) {
      this.#scaleProportionally(deployment, found);
    } else if (deployment.spec.strategy.type === 'Recreate') {
      this.#recreate(deployment, found);
    } else {
      this.#roll(deployment, this.#newest(deployment, found));
    }
    return this.#writeStatus(deployment);
  }

  /** Its ReplicaSets, oldest first. */
  #sets(deployment: Deployment): ReplicaSet[] {
    const sets = this.#tools.owners.list('replicasets.apps', deployment.metadata.uid) as ReplicaSet[];
    const rank = (set: ReplicaSet) => Date.parse(set.metadata.creationTimestamp);
    return sets.sort((a, b) => rank(a) - rank(b) || revisionOf(a) - revisionOf(b));
  }

  #isScalingEvent(deployment: Deployment): boolean {
    return this.#sets(deployment).some((set) => {
      const desired = set.metadata.annotations?.[DESIRED];
      return set.spec.replicas > 0 && desired !== undefined && Number(desired) !== deployment.spec.replicas;
    });
  }

  #facts(deployment: Deployment, newSet: ReplicaSet | undefined): RolloutFacts {
    const facts = (set: ReplicaSet): SetFacts => ({
      name: set.metadata.name,
      replicas: set.spec.replicas,
      available: set.status.availableReplicas ?? 0,
      maxReplicas: Number(set.metadata.annotations?.[MAX] ?? 0),
      createdMs: Date.parse(set.metadata.creationTimestamp),
    });
    const old = this.#sets(deployment).filter((set) => set.metadata.uid !== newSet?.metadata.uid);
    const { strategy, replicas } = deployment.spec;
    return {
      desired: replicas,
      maxSurge: strategy.rollingUpdate?.maxSurge,
      maxUnavailable: strategy.rollingUpdate?.maxUnavailable,
      isRolling: strategy.type !== 'Recreate',
      newSet: newSet && facts(newSet),
      oldSets: old.map(facts),
    };
  }

  #roll(deployment: Deployment, newSet: ReplicaSet): void {
    const up = nextNewReplicas(this.#facts(deployment, newSet));
    const grown = this.#scaleTo(deployment, newSet, up);
    if (up !== newSet.spec.replicas) return;
    const down = nextOldReplicas(this.#facts(deployment, grown));
    for (const set of this.#sets(deployment)) {
      const size = down.get(set.metadata.name);
      if (size !== undefined && set.metadata.uid !== grown.metadata.uid) this.#scaleTo(deployment, set, size);
    }
    this.#cleanUp(deployment, grown);
  }

  #recreate(deployment: Deployment, found: ReplicaSet | undefined): void {
    const old = this.#sets(deployment).filter((set) => set.metadata.uid !== found?.metadata.uid);
    for (const set of old) this.#scaleTo(deployment, set, 0);
    // Not before the last old pod is gone, the leaving ones included.
    if (old.some((set) => this.#tools.owners.list('pods', set.metadata.uid).some(isLiving))) return;
    const newSet = this.#newest(deployment, found);
    this.#scaleTo(deployment, newSet, deployment.spec.replicas);
    this.#cleanUp(deployment, newSet);
  }

  #scaleProportionally(deployment: Deployment, found: ReplicaSet | undefined): void {
    const sizes = proportionalReplicas(this.#facts(deployment, found));
    for (const set of this.#sets(deployment)) {
      const size = sizes.get(set.metadata.name);
      if (size !== undefined && set.spec.replicas > 0) this.#scaleTo(deployment, set, size);
      else if (size !== undefined && size > 0) this.#scaleTo(deployment, set, size);
    }
  }

  /** The ReplicaSet of the present template, made when missing, with the newest revision number. */
  #newest(deployment: Deployment, found: ReplicaSet | undefined): ReplicaSet {
    const others = this.#sets(deployment).filter((set) => set.metadata.uid !== found?.metadata.uid);
    const revision = Math.max(0, ...others.map(revisionOf)) + 1;
    const newSet = found ?? this.#create(deployment, revision);
    const isOlder = revisionOf(newSet) < revision && others.length > 0;
    const marked = isOlder
      ? this.#annotate(newSet, { ...history(newSet), [REVISION]: String(revision) })
      : newSet;
    this.#stampRevision(deployment, revisionOf(marked));
    return marked;
  }

  #stampRevision(deployment: Deployment, revision: number): void {
    if (revisionOf(deployment) === revision) return;
    change(this.#tools, RESOURCE, deployment, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        annotations: { ...current.metadata.annotations, [REVISION]: String(revision) },
      },
    }));
  }

  #annotate(set: ReplicaSet, annotations: Record<string, string>): ReplicaSet {
    return change(this.#tools, 'replicasets.apps', set, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } },
    })) as ReplicaSet;
  }

  #create(deployment: Deployment, revision: number): ReplicaSet {
    const { machinery, mutations, recorder } = this.#tools;
    const { name, namespace = '', uid, annotations } = deployment.metadata;
    const { template, selector, minReadySeconds } = deployment.spec;
    const hash = templateHash(template as unknown as JsonObject);
    const owner = controllerReference('apps/v1', 'Deployment', name, uid);
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const facts = this.#facts(deployment, undefined);
    const replicas = facts.isRolling ? nextNewReplicas(facts) : 0;
    const created = mutations.writer.create(
      machinery.kinds.builtIn('replicasets.apps'),
      namespace,
      {
        metadata: {
          name: `${name}-${hash}`,
          labels,
          ownerReferences: [owner],
          annotations: { ...carried(annotations), ...this.#sizes(deployment), [REVISION]: String(revision) },
        },
        spec: {
          replicas,
          ...(minReadySeconds ? { minReadySeconds } : {}),
          selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
          template: { ...template, metadata: { ...template.metadata, labels } } as unknown as JsonObject,
        },
      },
      systemContext(MANAGER),
    ) as ReplicaSet;
    if (replicas > 0) {
      recorder.record(deployment, SOURCE, {
        type: 'Normal',
        reason: 'ScalingReplicaSet',
        message: `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`,
      });
    }
    return created;
  }

  #sizes(deployment: Deployment): Record<string, string> {
    const { strategy, replicas } = deployment.spec;
    const { surge } =
      strategy.type === 'Recreate'
        ? { surge: 0 }
        : resolveFenceposts(
            strategy.rollingUpdate?.maxSurge,
            strategy.rollingUpdate?.maxUnavailable,
            replicas,
          );
    return { [DESIRED]: String(replicas), [MAX]: String(replicas + surge) };
  }

  #scaleTo(deployment: Deployment, set: ReplicaSet, size: number): ReplicaSet {
    const sizes = this.#sizes(deployment);
    const isSized =
      set.spec.replicas === size &&
      Object.entries(sizes).every(([key, value]) => set.metadata.annotations?.[key] === value);
    if (isSized || (size === 0 && set.spec.replicas === 0)) return set;
    const { replicas } = set.spec;
    const scaled = change(this.#tools, 'replicasets.apps', set, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...sizes } },
      spec: { ...object(current.spec), replicas: size },
    })) as ReplicaSet;
    if (replicas !== size) {
      const words = `Scaled ${size > replicas ? 'up' : 'down'} replica set ${set.metadata.name} from ${replicas} to ${size}`;
      this.#tools.recorder.record(deployment, SOURCE, {
        type: 'Normal',
        reason: 'ScalingReplicaSet',
        message: words,
      });
    }
    return scaled;
  }

  /** Old, empty ReplicaSets beyond the history limit go once the rollout is complete. */
  #cleanUp(deployment: Deployment, newSet: ReplicaSet): void {
    if ((newSet.status.availableReplicas ?? 0) < deployment.spec.replicas) return;
    const { machinery, mutations } = this.#tools;
    const empty = this.#sets(deployment).filter(
      (set) =>
        set.metadata.uid !== newSet.metadata.uid && set.spec.replicas === 0 && set.status.replicas === 0,
    );
    const surplus = empty
      .sort((a, b) => revisionOf(a) - revisionOf(b))
      .slice(0, Math.max(0, empty.length - (deployment.spec.revisionHistoryLimit ?? 10)));
    for (const set of surplus) {
      mutations.deleter.delete(
        machinery.kinds.builtIn('replicasets.apps'),
        set.metadata.namespace ?? '',
        set.metadata.name,
        { isDryRun: false, propagationPolicy: 'Background' },
      );
    }
  }

  #writeStatus(before: Deployment): number | undefined {
    const { store, clock } = this.#tools.machinery;
    const deployment = store.get(RESOURCE, before.metadata.namespace ?? '', before.metadata.name) as
      | Deployment
      | undefined;
    if (!deployment) return undefined;
    const sets = this.#sets(deployment);
    const newSet = sets.find((set) => sameTemplate(set, deployment));
    const { status, againMs } = deploymentStatus(deployment, sets, newSet, clock.now(), isoTime(clock.now()));
    writeStatus(this.#tools, RESOURCE, deployment, status as JsonObject);
    return againMs;
  }
}

/** The revisions a ReplicaSet has been before it is taken up again. */
function history(set: ReplicaSet): Record<string, string> {
  const before = set.metadata.annotations?.[HISTORY];
  const revision = String(revisionOf(set));
  return { [HISTORY]: before ? `${before},${revision}` : revision };
}

const isLiving = (pod: KubeObject): boolean => {
  const { phase } = (pod as Pod).status;
  return phase !== 'Succeeded' && phase !== 'Failed';
};

/** Annotations that go from a deployment to its ReplicaSets. */
function carried(annotations: Record<string, string> | undefined): Record<string, string> {
  const own = new Set([REVISION, HISTORY, DESIRED, MAX, 'kubectl.kubernetes.io/last-applied-configuration']);
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !own.has(key)));
}

/** Equal but for the hash label the controller itself put there. */
export function sameTemplate(set: ReplicaSet, deployment: Deployment): boolean {
  const { template } = set.spec;
  const { [HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return equal(
    { ...template, metadata: { ...template.metadata, labels } },
    { ...deployment.spec.template, metadata: { ...deployment.spec.template.metadata } },
  );
}

/** The same template always has the same hash, whatever the order of its keys. */
export function templateHash(template: JsonObject): string {
  return safeEncode(String(fnv32(stable(template))));
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`)
    .join(',')}}`;
}
