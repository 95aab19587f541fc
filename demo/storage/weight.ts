/** About how many bytes a value takes in memory: its texts and numbers, and something for every place it has. */
const PLACE_BYTES = 16;
/** An object of very many keys is a table of its own, which costs much more a key. */
const MANY_KEYS = 128;
const TABLE_BYTES = 96;

export function weigh(value: unknown): number {
  if (typeof value === 'string') return PLACE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return PLACE_BYTES;
  let bytes = 2 * PLACE_BYTES;
  // By index and key, without making lists of them: every change of the cluster is weighed.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) bytes += weigh(value[index]);
    return bytes;
  }
  let keys = 0;
  for (const key in value) {
    keys += 1;
    bytes += weigh((value as Record<string, unknown>)[key]) + key.length;
  }
  return keys > MANY_KEYS ? bytes + keys * TABLE_BYTES : bytes;
}
