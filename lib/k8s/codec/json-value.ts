/**
 * JSON as it came: any shape (read it through lib/resources/read.ts). Dictionaries are copied to objects without a prototype, so that keys like `__proto__`,
 * `constructor` or `toString` are data and nothing else.
 */
export type Dictionary = Record<string, unknown>;

/** Deeper levels become null: no object of the API is that deep, and recursion needs an end. */
const MAX_DEPTH = 64;

export function emptyDictionary(): Dictionary {
  return Object.create(null) as Dictionary;
}

/** A deep copy without prototypes. */
export function harmless(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => harmless(item, depth + 1));
  const copy = emptyDictionary();
  for (const key of Object.keys(value)) copy[key] = harmless((value as Dictionary)[key], depth + 1);
  return copy;
}
