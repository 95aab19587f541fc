/** Values, texts and trees nobody should send. */
import type { Luck } from './luck.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '.',
  '..',
  '-',
  'A_B',
  '../../etc/passwd',
  'a/b',
  '%2e%2e',
  'ünïcode',
  '\u0000',
  '\u202e',
  'x'.repeat(254),
  'x'.repeat(64),
  'valueOf',
  '$patch',
  'null',
  '0',
  'k8s.io/x',
  '/',
  '~1~0',
];

export const hostileName = (luck: Luck): string => luck.pick(NAMES);

/** JSON for numbers that no double holds, too. */
const NUMBERS = [
  '-1',
  '0',
  '-0',
  '1e308',
  '1e999',
  '-1e999',
  '1E-999',
  '9007199254740993',
  '9223372036854775808',
  '-9223372036854775809',
  '2147483648',
  '-2147483649',
  '0.1',
  '123456789012345678901234567890',
  '1.7976931348623157e308',
];

const TEXTS = [
  '',
  ' ',
  '\n',
  'NaN',
  'Infinity',
  '1Ki',
  '-5',
  '1e309',
  '99999999999999999999Gi',
  '0.0000000000000001m',
  '2026-02-30T25:61:61Z',
  '0000-00-00T00:00:00Z',
  '9999999999-01-01T00:00:00Z',
  '=',
  'in ()',
  '*/0 * * * *',
  '99 99 99 99 99',
  '@every 0s',
  '(((((((((((((((((((((a+)+)+)+',
  '\ud800',
  '\ufeff',
  '<script>',
  '{{7*7}}',
  'a'.repeat(300),
  'é'.repeat(2_000),
  '500%',
  '-100%',
  'http://[::1',
  '256.256.256.256',
  '::ffff:0:0/129',
];

/** Nested lists or objects, as JSON. */
export function deep(depth: number, isList: boolean): string {
  return isList ? '['.repeat(depth) + ']'.repeat(depth) : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

/** JSON text of some value that does not belong where it is put. */
export function hostileJson(luck: Luck): string {
  switch (luck.below(14)) {
    case 0:
      return 'null';
    case 1:
      return '[]';
    case 2:
      return '{}';
    case 3:
      return luck.pick(['true', 'false']);
    case 4:
    case 5:
      return luck.pick(NUMBERS);
    case 6:
    case 7:
      return JSON.stringify(luck.pick(TEXTS));
    case 8:
      return JSON.stringify([null, [], {}, '', 0]);
    case 9:
      return `{${JSON.stringify(hostileName(luck))}:${JSON.stringify(luck.pick(TEXTS))}}`;
    case 10:
      return `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    case 11:
      return deep(luck.pick([3, 50, 999, 1_001, 5_000]), luck.is(0.5));
    case 12:
      return `[${Array.from({ length: 2_000 }, (_, index) => index).join(',')}]`;
    default:
      return `{${Array.from({ length: 300 }, (_, index) => `"k${index}":"v"`).join(',')}}`;
  }
}

/** The object as JSON, with one to four of its places replaced, removed, doubled or renamed. */
export function mutated(luck: Luck, object: object): string {
  const hits = new Set<number>();
  const places = count(object);
  for (let times = 1 + luck.below(4); times > 0; times -= 1) hits.add(luck.below(places));
  let place = 0;
  const write = (value: unknown): string => {
    const isHit = hits.has(place++);
    if (isHit) return hostileJson(luck);
    if (Array.isArray(value)) {
      const parts = value.map(write);
      return `[${(luck.is(0.02) ? [...parts, ...parts] : parts).join(',')}]`;
    }
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
    const parts = Object.entries(value).map(([key, inner]) => {
      const written = `${JSON.stringify(luck.is(0.004) ? hostileName(luck) : key)}:${write(inner)}`;
      return luck.is(0.004) ? `${written},${JSON.stringify(key)}:${hostileJson(luck)}` : written;
    });
    if (luck.is(0.01)) parts.push(`${JSON.stringify(hostileName(luck))}:${hostileJson(luck)}`);
    return `{${parts.join(',')}}`;
  };
  return write(object);
}

function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, inner) => sum + count(inner), 0);
}
