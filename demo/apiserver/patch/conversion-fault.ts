/** How the real server words a strategic merge patch whose outcome does not fit the kind's Go types. Pure. */
import { isObject, own } from '../../base/json.ts';

/** A value as Go's %+v prints it: `map[spec:map[replicas:two]]`. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(own(value, key))}`).join(' ')}]`;
}

const KINDS: Record<string, string> = { object: 'map', array: 'slice' };
const WORDS = /cannot unmarshal (\w+)(?: (\S+))? into .*?([\w.[\]{}*]+)$/s;

/** The converter's words for what the JSON decoder calls `json: cannot unmarshal string into … of type int32`. */
export function conversionFault(decoderWords: string): string {
  const [, given = '', literal = '', wanted = ''] = WORDS.exec(decoderWords) ?? [];
  const number = literal.includes('.') ? 'float64' : 'int64';
  const kind = given === 'number' ? number : (KINDS[given] ?? given);
  if (wanted.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (wanted.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (wanted.includes('.')) return `cannot restore struct from: ${kind}`;
  const isConverted = given === 'number' && /^(?:u?int\d*|string)$/.test(wanted);
  return isConverted ? `cannot convert ${number} to ${wanted}` : `unrecognized type: ${wanted}`;
}
