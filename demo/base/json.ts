/**
 * Plain JSON values and the few safe ways this program touches them.
 * Every object may come from a hostile client: keys such as `__proto__` and `constructor` are ordinary data, so a
 * property is read with `own` and written with `put`, never by bare index, wherever the key is not a literal.
 */
export type JsonObject = { [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
export const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const objects = (value: unknown): JsonObject[] => array(value).filter(isObject);
export const text = (value: unknown, otherwise = ''): string =>
  typeof value === 'string' ? value : otherwise;
export const number = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/** The value of an own property; never one inherited from Object.prototype. */
export const own = (from: JsonObject, key: string): unknown =>
  Object.hasOwn(from, key) ? from[key] : undefined;

/** Sets an own property, `__proto__` included, without touching any prototype. */
export function put(into: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    into[key] = value;
  }
}

/** The value at a path of literal keys, or undefined. */
export function at(from: unknown, ...path: string[]): unknown {
  let value = from;
  for (const key of path) {
    if (!isObject(value)) return undefined;
    value = own(value, key);
  }
  return value;
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => own(a, key) !== undefined);
  const others = Object.keys(b).filter((key) => own(b, key) !== undefined);
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(own(a, key), own(b, key)))
  );
}

export const clone = <T>(value: T): T => structuredClone(value);

/** How deep a value nests; stops counting at `limit`, without recursion, so depth cannot exhaust the stack. */
export function depth(value: unknown, limit: number): number {
  let level: unknown[] = [value];
  for (let deep = 0; deep < limit; deep += 1) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const value of Object.values(item)) next.push(value);
    }
    if (next.length === 0) return deep;
    level = next;
  }
  return limit;
}
