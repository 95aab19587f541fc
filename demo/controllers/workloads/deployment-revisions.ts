/**
 * The ReplicaSet of a deployment's present template: found or made, and the bearer of the newest revision number
 * (deployment/sync.go, getNewReplicaSet). A name that is taken by another template is a hash collision.
 */
import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime, systemContext } from '../../apiserver/rest/context.ts';
import type { JsonObject } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { Condition, Deployment, KubeObject, ReplicaSet } from '../../base/types.ts';
import { conditionOf, withCondition } from '../framework/conditions.ts';
import { type ControllerTools, change, MANAGER, writeStatus } from '../framework/controller.ts';
import { controllerOf } from '../framework/owners.ts';
import { maxSurge } from '../rounding.ts';
import { deploymentCondition, hasDeadline } from './deployment-status.ts';
import { POD_TEMPLATE_HASH, sameTemplate, templateHash } from './pod-template.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Annotations that do not go from a deployment to its ReplicaSets. */
const OWN = new Set([LAST_APPLIED, REVISION, HISTORY, DESIRED, MAX, 'deprecated.deployment.rollback.to']);
const MOST_HISTORY_CHARS = 2_000;
const LONGEST_NAME = 253;

const SETS = 'replicasets.apps';
const DEPLOYMENTS = 'deployments.apps';
export const DEPLOYMENT_SOURCE = { component: 'deployment-controller' };

export const revisionOf = (value: KubeObject): number =>
  Number(value.metadata.annotations?.[REVISION] ?? 0) || 0;

/** What a ReplicaSet remembers of the size its deployment had when it was last scaled. */
export const sizeAnnotations = ({ spec }: Deployment): Record<string, string> => ({
  [DESIRED]: String(spec.replicas),
  [MAX]: String(spec.replicas + maxSurge(spec.strategy, spec.replicas)),
});

const carried = (annotations: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !OWN.has(key)));

/** The oldest ReplicaSet with the deployment's template. `sets` are oldest first. */
export const newSetOf = (deployment: Deployment, sets: ReplicaSet[]): ReplicaSet | undefined =>
  sets.find((set) => sameTemplate(set.spec.template, deployment.spec.template));

/** The revisions a ReplicaSet has been before it is taken up again; the oldest are forgotten. */
function history(set: ReplicaSet): Record<string, string> {
  const revision = set.metadata.annotations?.[REVISION];
  if (revision === undefined) return {};
  const before = set.metadata.annotations?.[HISTORY];
  const all = [...(before ? before.split(',') : []), revision];
  while (all.length > 1 && all.join().length > MOST_HISTORY_CHARS) all.shift();
  return { [HISTORY]: all.join() };
}

/** Brings the revision number and the carried annotations of the ReplicaSet in use up to date. */
export function syncRevision(
  tools: ControllerTools,
  deployment: Deployment,
  sets: ReplicaSet[],
  newSet: ReplicaSet,
): Deployment {
  const others = sets.filter((set) => set.metadata.uid !== newSet.metadata.uid);
  const revision = Math.max(0, ...others.map(revisionOf)) + 1;
  const isOlder = revisionOf(newSet) < revision;
  const annotations = {
    ...newSet.metadata.annotations,
    ...carried(deployment.metadata.annotations),
    ...(isOlder ? { ...history(newSet), [REVISION]: String(revision) } : {}),
  };
  const set = change(tools, SETS, newSet, (current) => {
    const { minReadySeconds: _before, ...spec } = current.spec as JsonObject;
    const { minReadySeconds } = deployment.spec;
    return {
      ...current,
      metadata: { ...current.metadata, annotations },
      spec: minReadySeconds ? { ...spec, minReadySeconds } : spec,
    };
  }) as ReplicaSet;
  return tellFound(tools, stampRevision(tools, deployment, revisionOf(set)), set);
}

function stampRevision(tools: ControllerTools, deployment: Deployment, revision: number): Deployment {
  if (revisionOf(deployment) === revision) return deployment;
  return change(tools, DEPLOYMENTS, deployment, (current) => ({
    ...current,
    metadata: {
      ...current.metadata,
      annotations: { ...current.metadata.annotations, [REVISION]: String(revision) },
    },
  })) as Deployment;
}

/** A deployment that has a ReplicaSet but never told of progress begins to. */
function tellFound(tools: ControllerTools, deployment: Deployment, set: ReplicaSet): Deployment {
  if (!hasDeadline(deployment) || conditionOf(deployment.status.conditions, 'Progressing')) return deployment;
  const message = `Found new replica set "${set.metadata.name}"`;
  return tellProgressing(tools, deployment, 'True', 'FoundNewReplicaSet', message);
}

export function tellProgressing(
  tools: ControllerTools,
  deployment: Deployment,
  status: Condition['status'],
  reason: string,
  message: string,
): Deployment {
  const now = isoTime(tools.machinery.clock.now());
  const next = deploymentCondition('Progressing', status, reason, message, now);
  const conditions = withCondition(deployment.status.conditions ?? [], next);
  return writeStatus(tools, DEPLOYMENTS, deployment, { ...deployment.status, conditions }) as Deployment;
}

export interface Made {
  deployment: Deployment;
  newSet: ReplicaSet;
}

/** Makes the ReplicaSet with a first size. Undefined after a collision: the next reconcile tries another name. */
export function createNewSet(
  tools: ControllerTools,
  deployment: Deployment,
  sets: ReplicaSet[],
  replicas: number,
): Made | undefined {
  const { machinery, mutations } = tools;
  const { namespace = '' } = deployment.metadata;
  const revision = Math.max(0, ...sets.map(revisionOf)) + 1;
  const body = newSetBody(deployment, replicas, revision);
  const { name } = body.metadata;
  try {
    const type = machinery.kinds.builtIn(SETS);
    const newSet = mutations.writer.create(type, namespace, body, systemContext(MANAGER)) as ReplicaSet;
    if (replicas > 0)
      tell(
        tools,
        deployment,
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${name} from 0 to ${replicas}`,
      );
    const stamped = stampRevision(tools, deployment, revision);
    const message = `Created new replica set "${name}"`;
    const told = hasDeadline(deployment)
      ? tellProgressing(tools, stamped, 'True', 'NewReplicaSetCreated', message)
      : stamped;
    return { deployment: told, newSet };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'AlreadyExists') return settleCollision(tools, deployment, name);
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    if (hasDeadline(deployment))
      tellProgressing(tools, deployment, 'False', 'ReplicaSetCreateError', message);
    tell(tools, deployment, 'Warning', 'ReplicaSetCreateError', message);
    throw error;
  }
}

function newSetBody(deployment: Deployment, replicas: number, revision: number) {
  const { name, uid, annotations } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status.collisionCount);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  return {
    metadata: {
      name: `${name.slice(0, LONGEST_NAME - 1 - hash.length)}-${hash}`,
      labels,
      ownerReferences: [controllerReference('apps/v1', 'Deployment', name, uid)],
      annotations: {
        ...carried(annotations),
        ...sizeAnnotations(deployment),
        [REVISION]: String(revision),
      },
    },
    spec: {
      replicas,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } } as unknown as JsonObject,
    },
  };
}

/** The name is taken: by our own set after all, or by another's, which counts as a collision. */
function settleCollision(tools: ControllerTools, deployment: Deployment, name: string): Made | undefined {
  const { namespace = '', uid } = deployment.metadata;
  const taken = tools.machinery.store.get(SETS, namespace, name) as ReplicaSet | undefined;
  const isOurs = taken && controllerOf(taken)?.uid === uid;
  if (isOurs && sameTemplate(taken.spec.template, deployment.spec.template))
    return { deployment, newSet: taken };
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  writeStatus(tools, DEPLOYMENTS, deployment, { ...deployment.status, collisionCount });
  return undefined;
}

export function tell(
  tools: ControllerTools,
  deployment: Deployment,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  tools.recorder.record(deployment, DEPLOYMENT_SOURCE, { type, reason, message });
}
