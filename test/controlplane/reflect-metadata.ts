/**
 * @peculiar/x509 stands on tsyringe, which refuses to load without the Reflect metadata functions, and ships no
 * implementation of them. These three are all it calls. Import this file before the package.
 */
type Key = string | symbol;

interface MetadataReflect {
  defineMetadata(key: Key, value: unknown, target: object): void;
  getOwnMetadata(key: Key, target: object): unknown;
  getMetadata(key: Key, target: object): unknown;
}

const known = new WeakMap<object, Map<Key, unknown>>();

const implementation: MetadataReflect = {
  defineMetadata(key, value, target) {
    const entries = known.get(target) ?? new Map<Key, unknown>();
    entries.set(key, value);
    known.set(target, entries);
  },
  getOwnMetadata(key, target) {
    return known.get(target)?.get(key);
  },
  getMetadata(key, target) {
    for (let each: object | null = target; each; each = Reflect.getPrototypeOf(each)) {
      const entries = known.get(each);
      if (entries?.has(key)) return entries.get(key);
    }
    return undefined;
  },
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, implementation);
