import { conditionsOf, type Dictionary, isDictionary } from '#lib/resources/read.ts';

/**
 * What can be said of an object of an unknown kind: the plain values of spec and status, one level deep, lists and
 * dictionaries by their size. Any shape is taken.
 */
export function plainFields(part: unknown): readonly (readonly [key: string, value: string])[] {
  if (part === undefined || part === null) return [];
  if (!isDictionary(part)) return [['(its value)', valueWords(part)]];
  return Object.keys(part)
    .filter((key) => key !== 'conditions' || conditionsOf({ status: part }).length === 0)
    .slice(0, MOST)
    .map((key) => [key, valueWords(part[key])]);
}

const MOST = 40;
const LONGEST = 300;

function valueWords(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? '""' : cut(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return listWords(value);
  if (isDictionary(value)) return dictionaryWords(value);
  return '?';
}

function listWords(list: readonly unknown[]): string {
  if (list.length === 0) return '[]';
  const areWords = list.every((item) => typeof item === 'string' || typeof item === 'number');
  if (areWords && list.length <= 8) return cut(list.join(', '));
  return list.length === 1 ? '1 item' : `${list.length} items`;
}

function dictionaryWords(value: Dictionary): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  const pairs = keys.map((key) => [key, value[key]] as const);
  const arePlain = pairs.every(([, item]) => ['string', 'number', 'boolean'].includes(typeof item));
  if (arePlain && keys.length <= 6)
    return cut(pairs.map(([key, item]) => `${key}: ${String(item)}`).join(', '));
  return keys.length === 1
    ? `1 field: ${keys[0]}`
    : cut(`${keys.length} fields: ${keys.slice(0, 6).join(', ')}`);
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
