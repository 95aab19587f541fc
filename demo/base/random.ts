/** Random facts from one seed, so that a run of the demo cluster can be repeated. */

/** client-go's rand.String letters: no vowels, no digits that read as letters. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(limit: number): number;
  /** A name suffix as generateName appends it (5 letters). */
  suffix(length?: number): string;
  uid(): string;
  hex(length: number): string;
}

/** mulberry32: small, fast and good enough for names and jitter; nothing secret is drawn from it. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const letters = (alphabet: string, length: number) => {
    let out = '';
    for (let index = 0; index < length; index += 1) out += alphabet[below(alphabet.length)];
    return out;
  };
  const hex = (length: number) => letters('0123456789abcdef', length);
  return {
    next,
    below,
    hex,
    suffix: (length = 5) => letters(LETTERS, length),
    uid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[below(4)]}${hex(3)}-${hex(12)}`,
  };
}

/** rand.SafeEncodeString: the digits of a hash in the letters above, as in pod-template-hash. */
export function safeEncode(value: string): string {
  let out = '';
  for (const char of value) out += LETTERS[char.charCodeAt(0) % LETTERS.length];
  return out;
}

/** 32-bit FNV-1a of a text. */
export function fnv32(value: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < value.length; index += 1) {
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
