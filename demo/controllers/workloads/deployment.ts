/** Deployments: one ReplicaSet a template, rolled over by the arithmetic of rollout.ts, told about in the status. */
import { isoTime } from '../../apiserver/rest/context.ts';
import { type JsonObject, object } from '../../base/json.ts';
import type { Deployment, KubeObject, Pod, ReplicaSet } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import { conditionOf } from '../framework/conditions.ts';
import { type ControllerTools, change, keyParts, writeStatus } from '../framework/controller.ts';
import {
  createNewSet,
  DESIRED,
  MAX,
  newSetOf,
  revisionOf,
  sizeAnnotations,
  syncRevision,
  tell,
  tellProgressing,
} from './deployment-revisions.ts';
import { deploymentStatus, hasDeadline, isComplete, untilLateMs } from './deployment-status.ts';
import {
  nextNewReplicas,
  nextOldReplicas,
  proportionalReplicas,
  type RolloutFacts,
  type SetFacts,
} from './rollout.ts';

const RESOURCE = 'deployments.apps';
const SETS = 'replicasets.apps';

export class DeploymentController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const found = this.#tools.machinery.store.get(RESOURCE, namespace, name) as Deployment | undefined;
    if (!found) return undefined;
    claim(this.#tools, SETS, { owner: found, selector: found.spec.selector });
    if (found.metadata.deletionTimestamp !== undefined) return this.#writeStatus(found, false);
    const deployment = this.#tellPause(found);
    const isRollout = !deployment.spec.paused && !this.#isScalingEvent(deployment);
    if (!isRollout) this.#scale(deployment);
    else if (deployment.spec.strategy.type === 'Recreate') this.#recreate(deployment);
    else this.#roll(deployment);
    return this.#writeStatus(deployment, isRollout);
  }

  /** Its ReplicaSets as they now stand, oldest first. */
  #sets(deployment: Deployment): ReplicaSet[] {
    const sets = this.#tools.owners.list(SETS, deployment.metadata.uid) as ReplicaSet[];
    const rank = (set: ReplicaSet) => Date.parse(set.metadata.creationTimestamp);
    return sets.sort((a, b) => rank(a) - rank(b) || revisionOf(a) - revisionOf(b));
  }

  #fresh(deployment: Deployment): Deployment {
    const { namespace = '', name } = deployment.metadata;
    return (
      (this.#tools.machinery.store.get(RESOURCE, namespace, name) as Deployment | undefined) ?? deployment
    );
  }

  /** Pausing and resuming are told at once; a missed deadline is not covered up by a pause. */
  #tellPause(deployment: Deployment): Deployment {
    const reason = conditionOf(deployment.status.conditions, 'Progressing')?.reason;
    if (!hasDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return deployment;
    const wasPaused = reason === 'DeploymentPaused';
    const { paused = false } = deployment.spec;
    if (paused === wasPaused) return deployment;
    return paused
      ? tellProgressing(this.#tools, deployment, 'Unknown', 'DeploymentPaused', 'Deployment is paused')
      : tellProgressing(this.#tools, deployment, 'Unknown', 'DeploymentResumed', 'Deployment is resumed');
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
      maxReplicas: Number(set.metadata.annotations?.[MAX] ?? 0) || 0,
      isSized: set.metadata.annotations?.[DESIRED] === String(deployment.spec.replicas),
      createdMs: Date.parse(set.metadata.creationTimestamp),
    });
    const { strategy, replicas } = deployment.spec;
    return {
      desired: replicas,
      total: deployment.status.replicas ?? 0,
      maxSurge: strategy.rollingUpdate?.maxSurge,
      maxUnavailable: strategy.rollingUpdate?.maxUnavailable,
      isRolling: strategy.type !== 'Recreate',
      newSet: newSet && facts(newSet),
      oldSets: this.#others(deployment, newSet).map(facts),
    };
  }

  #others(deployment: Deployment, newSet: ReplicaSet | undefined): ReplicaSet[] {
    return this.#sets(deployment).filter((set) => set.metadata.uid !== newSet?.metadata.uid);
  }

  #roll(given: Deployment): void {
    const sets = this.#sets(given);
    const found = newSetOf(given, sets);
    const firstSize = nextNewReplicas(this.#facts(given, undefined));
    const made = found
      ? { deployment: syncRevision(this.#tools, given, sets, found), newSet: found }
      : createNewSet(this.#tools, given, sets, firstSize);
    if (!made) return;
    const { deployment } = made;
    const newSet = newSetOf(deployment, this.#sets(deployment)) ?? made.newSet;
    const up = nextNewReplicas(this.#facts(deployment, newSet));
    if (this.#scaleTo(deployment, newSet, up)) return;
    const down = nextOldReplicas(this.#facts(deployment, newSet));
    const scaled = this.#others(deployment, newSet).map((set) =>
      this.#scaleTo(deployment, set, down.get(set.metadata.name) ?? set.spec.replicas),
    );
    if (!scaled.includes(true) && isComplete(deployment, deployment.status))
      this.#cleanUp(deployment, newSet);
  }

  #recreate(given: Deployment): void {
    const sets = this.#sets(given);
    const found = newSetOf(given, sets);
    const deployment = found ? syncRevision(this.#tools, given, sets, found) : given;
    const old = this.#others(deployment, found);
    if (old.map((set) => this.#scaleTo(deployment, set, 0)).includes(true)) return;
    // Not before the last old pod is gone, the leaving ones included.
    if (old.some((set) => this.#tools.owners.list('pods', set.metadata.uid).some(isLiving))) return;
    const made = found
      ? { deployment, newSet: found }
      : createNewSet(this.#tools, deployment, sets, deployment.spec.replicas);
    if (!made) return;
    this.#scaleTo(made.deployment, this.#now(made.newSet), deployment.spec.replicas);
    if (isComplete(made.deployment, made.deployment.status)) this.#cleanUp(made.deployment, made.newSet);
  }

  /** While paused, and when the wanted size changed in the middle of a rollout. */
  #scale(given: Deployment): void {
    const sets = this.#sets(given);
    const found = newSetOf(given, sets);
    const deployment = found ? syncRevision(this.#tools, given, sets, found) : given;
    const sizes = proportionalReplicas(this.#facts(deployment, found && this.#now(found)));
    for (const set of this.#sets(deployment)) {
      const size = sizes.get(set.metadata.name);
      if (size !== undefined) this.#scaleTo(deployment, set, size, true);
    }
    if (deployment.spec.paused) this.#cleanUp(deployment, found);
  }

  #now(set: ReplicaSet): ReplicaSet {
    const { namespace = '', name } = set.metadata;
    return (this.#tools.machinery.store.get(SETS, namespace, name) as ReplicaSet | undefined) ?? set;
  }

  /** Says whether the size was changed. `isForced` also renews what the set remembers of the deployment's size. */
  #scaleTo(deployment: Deployment, set: ReplicaSet, size: number, isForced = false): boolean {
    const { replicas } = set.spec;
    if (!isForced && replicas === size) return false;
    const annotations = { ...set.metadata.annotations, ...sizeAnnotations(deployment) };
    change(this.#tools, SETS, set, (current) => ({
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: { ...object(current.spec), replicas: size },
    }));
    if (replicas === size) return false;
    const way = size > replicas ? 'up' : 'down';
    const words = `Scaled ${way} replica set ${set.metadata.name} from ${replicas} to ${size}`;
    tell(this.#tools, deployment, 'Normal', 'ScalingReplicaSet', words);
    return true;
  }

  /** Old, empty ReplicaSets beyond the history limit go, the lowest revisions first. */
  #cleanUp(deployment: Deployment, newSet: ReplicaSet | undefined): void {
    const { machinery, mutations } = this.#tools;
    const old = this.#others(deployment, newSet).filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    const surplus = old
      .sort((a, b) => revisionOf(a) - revisionOf(b))
      .slice(0, Math.max(0, old.length - (deployment.spec.revisionHistoryLimit ?? 10)));
    const type = machinery.kinds.builtIn(SETS);
    for (const { metadata, spec, status } of surplus) {
      const isSeen = (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);
      if (status.replicas !== 0 || spec.replicas !== 0 || !isSeen) continue;
      mutations.deleter.delete(type, metadata.namespace ?? '', metadata.name, {
        isDryRun: false,
        propagationPolicy: 'Background',
      });
    }
  }

  #writeStatus(before: Deployment, isRollout: boolean): number | undefined {
    const deployment = this.#fresh(before);
    const sets = this.#sets(deployment);
    const nowMs = this.#tools.machinery.clock.now();
    const status = deploymentStatus({
      deployment,
      sets,
      newSet: newSetOf(deployment, sets),
      nowMs,
      now: isoTime(nowMs),
      isRollout,
    });
    writeStatus(this.#tools, RESOURCE, deployment, status as JsonObject);
    return untilLateMs(deployment, status, nowMs);
  }
}

const isLiving = (pod: KubeObject): boolean => {
  const { phase } = (pod as Pod).status;
  return phase !== 'Succeeded' && phase !== 'Failed';
};
