/**
 * Reading objects of any shape: a wrong type reads as nothing, only own properties count, nothing throws. Every
 * definition reads cluster data through these.
 */
export type Dictionary = Readonly<Record<string, unknown>>;

export function isDictionary(value: unknown): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys, or undefined. Keys may hold dots, hence separate arguments. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) {
    if (!isDictionary(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

export function textAt(value: unknown, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...keys: readonly string[]): number | null {
  const found = at(value, ...keys);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

/** Items that are dictionaries; anything else in the list is passed over. */
export function listAt(value: unknown, ...keys: readonly string[]): readonly Dictionary[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found.filter(isDictionary) : [];
}

export function textsAt(value: unknown, ...keys: readonly string[]): readonly string[] {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

export function dictionaryAt(value: unknown, ...keys: readonly string[]): Dictionary {
  const found = at(value, ...keys);
  return isDictionary(found) ? found : {};
}

/** Key and value pairs whose values are strings (labels, selectors), in key order. */
export function pairsAt(value: unknown, ...keys: readonly string[]): readonly (readonly [string, string])[] {
  return Object.entries(dictionaryAt(value, ...keys))
    .filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** RFC 3339 → ms since 1970; 0 when missing or malformed. */
export function instantAt(value: unknown, ...keys: readonly string[]): number {
  return parseInstant(at(value, ...keys));
}

export function parseInstant(value: unknown): number {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return 0;
  const instant = Date.parse(value);
  return Number.isFinite(instant) ? instant : 0;
}

export interface Condition {
  readonly type: string;
  /** 'True', 'False', 'Unknown' or '' when malformed. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** ms since 1970 of the last transition, 0 unknown. */
  readonly sinceMs: number;
}

/** status.conditions of any kind, malformed entries left out. */
export function conditionsOf(object: unknown): readonly Condition[] {
  return listAt(object, 'status', 'conditions')
    .map(conditionFrom)
    .filter((condition) => condition.type !== '');
}

export function conditionOf(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((item) => textAt(item, 'type') === type);
  return found === undefined || type === '' ? undefined : conditionFrom(found);
}

function conditionFrom(item: Dictionary): Condition {
  return {
    type: textAt(item, 'type'),
    status: textAt(item, 'status'),
    reason: textAt(item, 'reason'),
    message: textAt(item, 'message'),
    sinceMs: instantAt(item, 'lastTransitionTime'),
  };
}
