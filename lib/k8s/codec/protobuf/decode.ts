import { invalidAnswer } from '#lib/k8s/client/errors.ts';
import type { Reader } from '#lib/k8s/client/protobuf/reader.ts';
import { type Dictionary, emptyDictionary, harmless } from '../json-value.ts';
import type { Plan, Step } from './plan.ts';

/** Deeper messages are left out: no object of the API is that deep, and recursion needs an end. */
const MAX_DEPTH = 64;

/**
 * The planned fields of the message up to `end`, as JSON would have them. Everything else is skipped by its length.
 * Throws ApiException (InvalidAnswer) on bytes that are no protobuf.
 */
export function decodeMessage(reader: Reader, end: number, plan: Plan, depth = 0): Dictionary {
  const made: Dictionary = {};
  readFields(reader, end, plan, made, depth);
  return made;
}

function readFields(reader: Reader, end: number, plan: Plan, into: Dictionary, depth: number): void {
  while (reader.at < end) readTagged(reader, end, reader.varint(), plan, into, depth);
  if (reader.at !== end) throw invalidAnswer('The API server sent protobuf that overlaps');
}

/** The field behind a tag, read or skipped. */
export function readTagged(
  reader: Reader,
  end: number,
  tag: number,
  plan: Plan,
  into: Dictionary,
  depth: number,
): void {
  const step = plan.steps[tag >>> 3];
  const wire = tag & 7;
  // Our plans and the bytes must agree on how a field is written; what does not is skipped as unknown.
  if (step === undefined || wire !== wireOf(step)) reader.skip(wire, end);
  else readField(reader, end, step, into, depth);
}

function wireOf({ reading, isMap }: Step): number {
  if (isMap) return 2;
  if (reading === 'bool' || reading === 'int') return 0;
  return reading === 'double' ? 1 : 2;
}

function readField(reader: Reader, end: number, step: Step, into: Dictionary, depth: number): void {
  const { name } = step;
  if (step.isMap) {
    into[name] ??= emptyDictionary();
    const map = into[name] as Dictionary;
    readEntry(reader, reader.block(end), step, map, depth);
  } else if (step.isInlined) {
    readFields(reader, reader.block(end), step.plan, into, depth + 1);
  } else if (step.isList) {
    into[name] ??= [];
    (into[name] as unknown[]).push(readValue(reader, end, step, depth));
  } else {
    const value = readValue(reader, end, step, depth);
    if (!isLeftOut(value, step)) into[name] = value;
  }
}

/** What Go's JSON leaves out although protobuf writes it. */
function isLeftOut(value: unknown, step: Step): boolean {
  if (value === undefined) return true;
  if (step.dropsZero && (value === '' || value === 0 || value === false)) return true;
  return step.dropsEmpty && typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function readEntry(reader: Reader, end: number, step: Step, map: Dictionary, depth: number): void {
  let key = '';
  let value: unknown;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) key = reader.sharedText(reader.block(end));
    else if (tag >>> 3 === 2 && (tag & 7) === wireOf({ ...step, isMap: false }))
      value = readValue(reader, end, step, depth);
    else reader.skip(tag & 7, end);
  }
  map[key] = value ?? (step.reading === 'message' ? {} : '');
}

function readValue(reader: Reader, end: number, step: Step, depth: number): unknown {
  switch (step.reading) {
    case 'bool':
      return reader.varint() !== 0;
    case 'int':
      return reader.int();
    case 'double':
      return reader.double();
    case 'string':
      return reader.sharedText(reader.block(end));
    case 'bytes':
      return reader.base64(reader.block(end));
    case 'message':
      return readNested(reader, reader.block(end), step.plan, depth);
    default:
      return SPECIAL[step.reading](reader, reader.block(end));
  }
}

function readNested(reader: Reader, end: number, plan: Plan, depth: number): unknown {
  if (depth < MAX_DEPTH) return decodeMessage(reader, end, plan, depth + 1);
  reader.at = end;
  return null;
}

/** Messages whose JSON is not a dictionary of their fields. */
const SPECIAL: Readonly<
  Record<
    'time' | 'microTime' | 'quantity' | 'intOrString' | 'json' | 'strings',
    (reader: Reader, end: number) => unknown
  >
> = {
  time: (reader, end) => reader.sharedValue(readTime(reader, end).seconds, secondsText),
  microTime: (reader, end) => microText(readTime(reader, end)),
  quantity: (reader, end) => firstText(reader, end) ?? '0',
  json: (reader, end) => parsed(firstText(reader, end)),
  strings(reader, end) {
    const texts: string[] = [];
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag === 0x0a) texts.push(reader.sharedText(reader.block(end)));
      else reader.skip(tag & 7, end);
    }
    return texts;
  },
  intOrString(reader, end) {
    let isText = false;
    let number = 0;
    let text = '';
    while (reader.at < end) {
      const tag = reader.varint();
      if (tag === 0x08) isText = reader.varint() === 1;
      else if (tag === 0x10) number = reader.int();
      else if (tag === 0x1a) text = reader.sharedText(reader.block(end));
      else reader.skip(tag & 7, end);
    }
    return isText ? text : number;
  },
};

export interface Instant {
  /** Seconds since 1970; NaN for Go's zero time, which is none. */
  readonly seconds: number;
  readonly nanos: number;
}

export function readTime(reader: Reader, end: number): Instant {
  let seconds = Number.NaN;
  let nanos = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x08) seconds = reader.int();
    else if (tag === 0x10) nanos = reader.int();
    else reader.skip(tag & 7, end);
  }
  return { seconds, nanos };
}

/** RFC 3339 as Go prints it, without a fraction; null for no time. */
function secondsText(seconds: number): string | null {
  // From the year 1 on; years beyond 9999 are printed otherwise.
  if (!(seconds >= -62_135_596_800 && seconds <= 253_402_300_799)) return null;
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}

function microText({ seconds, nanos }: Instant): string | null {
  const text = secondsText(seconds);
  return text && `${text.slice(0, 19)}.${String(Math.trunc(nanos / 1_000)).padStart(6, '0')}Z`;
}

/** Field 1 of a message that holds one text. */
function firstText(reader: Reader, end: number): string | undefined {
  let text: string | undefined;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) text = reader.sharedText(reader.block(end));
    else reader.skip(tag & 7, end);
  }
  return text;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined || text === '') return null;
  try {
    return harmless(JSON.parse(text));
  } catch {
    throw invalidAnswer('The API server sent protobuf with JSON in it that is none');
  }
}
