/** What becomes of a CustomResourceDefinition: which of its names are accepted, whether it is served, what is stored. */

import type { Clock } from '../../base/clock.ts';
import { array, at, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { Condition, KubeObject } from '../../base/types.ts';
import type { Store } from '../../storage/store.ts';
import { DEFINITIONS } from './definition-faults.ts';

const isoTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

export const conditionOf = (definition: KubeObject, type: string): Condition | undefined =>
  (objects(at(definition, 'status', 'conditions')) as unknown as Condition[]).find(
    (condition) => condition.type === type,
  );

/** Served are the versions of a definition whose names were accepted once. */
export const isEstablished = (definition: KubeObject): boolean =>
  conditionOf(definition, 'Established')?.status === 'True';

/** The conditions with one set: its time moves with its status. */
export function withCondition(
  definition: KubeObject,
  next: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): Condition[] {
  const all = objects(at(definition, 'status', 'conditions')) as unknown as Condition[];
  const before = all.find(({ type }) => type === next.type);
  const time = before?.status === next.status ? before.lastTransitionTime : isoTime(nowMs);
  const { type, status, ...words } = next;
  const set = { type, status, lastTransitionTime: time, ...words };
  return before ? all.map((item) => (item === before ? set : item)) : [...all, set];
}

/** Names left out are made from the kind. Sets them, and the strategy of conversion, in place. */
export function completeDefinition(spec: JsonObject): void {
  const names = object(spec.names);
  const kind = text(names.kind);
  if (kind !== '') {
    names.listKind ??= `${kind}List`;
    names.singular ??= kind.toLowerCase();
  }
  spec.conversion ??= { strategy: 'None' };
}

/** The status of a definition after its spec was written: of a new one, or one that had a status before. */
export function definitionStatus(
  { store, clock }: { store: Store; clock: Clock },
  value: KubeObject,
): JsonObject {
  const spec = object(value.spec);
  const before = object(value.status);
  const others = store
    .list(DEFINITIONS)
    .filter(
      ({ metadata, spec: other }) =>
        metadata.name !== value.metadata.name && at(other, 'group') === spec.group,
    );
  const { acceptedNames, conflict } = acceptNames(object(spec.names), object(before.acceptedNames), others);
  const time = isoTime(clock.now());
  let conditions = objects(before.conditions) as unknown as Condition[];
  const set = (type: string, status: 'True' | 'False', reason: string, message: string) => {
    const draft = { ...value, status: { conditions } } as KubeObject;
    conditions = withCondition(draft, { type, status, reason, message }, Date.parse(time));
  };
  if (conflict) set('NamesAccepted', 'False', conflict.reason, conflict.message);
  else set('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
  if (!conditions.some(({ type, status }) => type === 'Established' && status === 'True')) {
    if (conflict) set('Established', 'False', 'NotAccepted', 'not all names are accepted');
    else set('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
  }
  const storage = objects(spec.versions).find((version) => version.storage === true);
  const stored = storage ? [text(storage.name)] : [];
  const storedVersions = [...new Set([...array(before.storedVersions), ...stored])];
  return { ...before, conditions, acceptedNames, storedVersions };
}

/** A name that another definition of the group holds is not accepted; the others are. */
function acceptNames(wanted: JsonObject, held: JsonObject, others: KubeObject[]) {
  const taken = others.map((other) => object(at(other, 'status', 'acceptedNames')));
  const resources = new Set(
    taken.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...array(shortNames)]),
  );
  const kinds = new Set(taken.flatMap(({ kind, listKind }) => [kind, listKind]));
  const acceptedNames: JsonObject = {};
  let conflict: { reason: string; message: string } | undefined;
  for (const [key, reason] of [
    ['plural', 'PluralConflict'],
    ['singular', 'SingularConflict'],
    ['shortNames', 'ShortNamesConflict'],
    ['kind', 'KindConflict'],
    ['listKind', 'ListKindConflict'],
  ] as const) {
    const used = key === 'kind' || key === 'listKind' ? kinds : resources;
    const own = new Set(array(held[key]));
    const names = key === 'shortNames' ? array(wanted[key]) : [wanted[key]];
    const lost = names.filter((name) => name !== held[key] && !own.has(name) && used.has(name));
    const value = lost.length > 0 ? held[key] : wanted[key];
    if (value !== undefined) acceptedNames[key] = value;
    if (lost.length === 0) continue;
    const words = lost.map((name) => `${JSON.stringify(name)} is already in use`);
    conflict = { reason, message: words.length === 1 ? (words[0] as string) : `[${words.join(', ')}]` };
  }
  // The plural and the kind have no omitempty.
  acceptedNames.plural ??= '';
  acceptedNames.kind ??= '';
  if (wanted.categories !== undefined) acceptedNames.categories = wanted.categories;
  return { acceptedNames, conflict };
}
