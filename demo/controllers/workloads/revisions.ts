/**
 * The ControllerRevisions of StatefulSets and DaemonSets (pkg/controller/history): one object a template, numbered,
 * with the template as a patch. A template that comes back takes up its old revision under a new number.
 */
import { ApiError } from '../../apiserver/meta/status.ts';
import { systemContext } from '../../apiserver/rest/context.ts';
import { equal, type JsonObject, number } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, LabelSelector, PodTemplate } from '../../base/types.ts';
import { claim } from '../framework/claims.ts';
import { type ControllerTools, change, MANAGER } from '../framework/controller.ts';
import { controllerOf } from '../framework/owners.ts';
import { templateHash } from './pod-template.ts';

const RESOURCE = 'controllerrevisions.apps';
const LONGEST_PREFIX = 223;

export interface ControllerRevision extends KubeObject {
  revision: number;
  data: JsonObject;
}

/** What has revisions. */
export interface Revised extends KubeObject {
  spec: {
    selector: LabelSelector;
    template: PodTemplate;
    revisionHistoryLimit?: number;
  };
  status?: { collisionCount?: number };
}

export interface History {
  /** Lowest number first, the update's included. */
  all: ControllerRevision[];
  /** The one of the present template. */
  update: ControllerRevision;
  collisionCount: number;
}

/** The patch that brings a template back. */
export const revisionData = (template: PodTemplate): JsonObject => ({
  spec: { template: { ...(template as unknown as JsonObject), $patch: 'replace' } },
});

/** The template a revision keeps. */
export function templateOf({ data }: ControllerRevision): PodTemplate {
  const { $patch: _patch, ...template } = (data.spec as { template: JsonObject }).template;
  return template as unknown as PodTemplate;
}

const inOrder = (a: ControllerRevision, b: ControllerRevision): number =>
  a.revision - b.revision ||
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp) ||
  (a.metadata.name < b.metadata.name ? -1 : 1);

/** Finds, renumbers or makes the revision of the present template. `hashLabel` is where a revision keeps its hash. */
export function syncHistory(tools: ControllerTools, owner: Revised, hashLabel: string): History {
  const found = claim(tools, RESOURCE, { owner, selector: owner.spec.selector }) as ControllerRevision[];
  const all = found.sort(inOrder);
  const data = revisionData(owner.spec.template);
  const known = all.filter((revision) => equal(revision.data, data)).at(-1);
  const newest = all.at(-1);
  const collisionCount = owner.status?.collisionCount ?? 0;
  const next = number(newest?.revision) + 1;
  if (!known && owner.metadata.deletionTimestamp !== undefined) {
    // Its revisions were collected with its pods: making another would keep a foreground deletion waiting for it.
    const update = revisionBody(owner, hashLabel, { data, revision: next, collisionCount });
    return { all, update: update as unknown as ControllerRevision, collisionCount };
  }
  if (!known) {
    const made = create(tools, owner, hashLabel, { data, revision: next, collisionCount });
    return { all: [...all, made.revision], update: made.revision, collisionCount: made.collisionCount };
  }
  if (known === newest) return { all, update: known, collisionCount };
  const update = change(tools, RESOURCE, known, (current) => ({
    ...current,
    revision: next,
  })) as ControllerRevision;
  return { all: [...all.filter((revision) => revision !== known), update], update, collisionCount };
}

interface Wanted {
  data: JsonObject;
  revision: number;
  collisionCount: number;
}

/** A name that another revision has is a collision: the next count gives another name. */
function create(
  tools: ControllerTools,
  owner: Revised,
  hashLabel: string,
  wanted: Wanted,
): { revision: ControllerRevision; collisionCount: number } {
  const { machinery, mutations } = tools;
  const { namespace = '', uid } = owner.metadata;
  const body = revisionBody(owner, hashLabel, wanted);
  try {
    const type = machinery.kinds.builtIn(RESOURCE);
    const revision = mutations.writer.create(
      type,
      namespace,
      body,
      systemContext(MANAGER),
    ) as ControllerRevision;
    return { revision, collisionCount: wanted.collisionCount };
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    const taken = machinery.store.get(RESOURCE, namespace, body.metadata.name) as
      | ControllerRevision
      | undefined;
    if (taken && controllerOf(taken)?.uid === uid && equal(taken.data, wanted.data))
      return { revision: taken, collisionCount: wanted.collisionCount };
    return create(tools, owner, hashLabel, { ...wanted, collisionCount: wanted.collisionCount + 1 });
  }
}

function revisionBody(owner: Revised, hashLabel: string, { data, revision, collisionCount }: Wanted) {
  const { name, uid, annotations } = owner.metadata;
  const hash = templateHash(data, collisionCount);
  return {
    metadata: {
      name: `${name.slice(0, LONGEST_PREFIX)}-${hash}`,
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ownerReferences: [controllerReference(owner.apiVersion, owner.kind, name, uid)],
    },
    data,
    revision,
  };
}

/** Revisions that nothing runs beyond the history limit go, the lowest numbers first. */
export function truncateHistory(
  { machinery, mutations }: ControllerTools,
  owner: Revised,
  history: History,
  isLive: (revision: ControllerRevision) => boolean,
): void {
  const past = history.all.filter((revision) => revision !== history.update && !isLive(revision));
  const surplus = Math.max(0, past.length - (owner.spec.revisionHistoryLimit ?? 10));
  for (const { metadata } of past.slice(0, surplus))
    mutations.deleter.delete(machinery.kinds.builtIn(RESOURCE), metadata.namespace ?? '', metadata.name, {
      isDryRun: false,
    });
}
