/**
 * Decodes request bodies in Kubernetes' protobuf form into the same JSON a client could have sent: kubectl writes
 * built-in kinds this way. Answers are always JSON, which every client that sends protobuf also takes.
 *
 * Go writes every field that is not a pointer, zero or not, so zeros of such fields are left out here.
 */

import { type JsonObject, put } from '../../base/json.ts';
import type { ProtobufField } from '../../facts/facts.ts';
import { badRequest } from '../meta/status.ts';
import type { Schemas } from './schemas.ts';

const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);
const MAX_DEPTH = 100;

export type ProtobufMessages = Record<string, Record<string, ProtobufField>>;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw truncated();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw truncated();
  }

  bytes(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw truncated();
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}

const truncated = () => badRequest('the object provided is unrecognized: proto: unexpected EOF');

/** One field as it stands on the wire. */
interface Wire {
  number: number;
  value: bigint | Buffer;
}

function* fieldsOf(bytes: Buffer): Generator<Wire> {
  const reader = new Reader(bytes);
  while (!reader.isDone) {
    const tag = Number(reader.varint());
    const number = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield { number, value: reader.varint() };
        break;
      case 1:
        yield { number, value: reader.bytes(8) };
        break;
      case 2:
        yield { number, value: reader.bytes(Number(reader.varint())) };
        break;
      case 5:
        yield { number, value: reader.bytes(4) };
        break;
      default:
        throw badRequest('the object provided is unrecognized: proto: illegal wireType');
    }
  }
}

export class ProtobufDecoder {
  readonly #messages: Map<string, Record<string, ProtobufField>>;

  constructor(facts: ProtobufMessages) {
    this.#messages = new Map(Object.entries(facts));
  }

  /** The object in a `k8s\0` envelope. `messageOf` names the message of an apiVersion and kind. Throws ApiError 400. */
  decode(body: Buffer, messageOf: (apiVersion: string, kind: string) => string | undefined): JsonObject {
    if (!body.subarray(0, 4).equals(MAGIC)) {
      throw badRequest(
        'the object provided is unrecognized: provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
      );
    }
    let apiVersion = '';
    let kind = '';
    let raw: Buffer = Buffer.alloc(0);
    for (const { number, value } of fieldsOf(body.subarray(4))) {
      if (!Buffer.isBuffer(value)) continue;
      if (number === 2) raw = value;
      if (number !== 1) continue;
      for (const part of fieldsOf(value)) {
        if (part.number === 1) apiVersion = String(part.value);
        if (part.number === 2) kind = String(part.value);
      }
    }
    const message = messageOf(apiVersion, kind);
    if (message === undefined || !this.#messages.has(message))
      throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
    return { kind, apiVersion, ...(this.#message(message, raw, 0) as JsonObject) };
  }

  #message(name: string, bytes: Buffer, depth: number): unknown {
    if (depth > MAX_DEPTH) throw badRequest('exceeded max depth');
    const short = name.slice(name.lastIndexOf('.') + 1);
    const special = SPECIAL[short];
    if (special) return special(bytes);
    const fields = this.#messages.get(name) ?? {};
    const out: JsonObject = {};
    for (const { number, value } of fieldsOf(bytes)) {
      const field = Object.hasOwn(fields, number) ? fields[number] : undefined;
      if (field) this.#take(out, field, value, depth);
    }
    return out;
  }

  #take(out: JsonObject, [name, type, flags]: ProtobufField, value: bigint | Buffer, depth: number): void {
    if (flags.includes('m')) {
      const [key, item] = this.#entry(type, value, depth);
      out[name] ??= {};
      put(out[name] as JsonObject, key, item);
      return;
    }
    const item = this.#value(type, value, depth);
    if (flags.includes('i')) Object.assign(out, item);
    else if (flags.includes('r')) append(out, name, item);
    else if (flags.includes('p') || !isZero(item)) out[name] = item;
  }

  #entry(type: string, value: bigint | Buffer, depth: number): [string, unknown] {
    let key = '';
    let item: unknown = type.startsWith('#') ? {} : '';
    if (!Buffer.isBuffer(value)) return [key, item];
    for (const part of fieldsOf(value)) {
      if (part.number === 1) key = String(part.value);
      if (part.number === 2) item = this.#value(type, part.value, depth);
    }
    return [key, item];
  }

  #value(type: string, value: bigint | Buffer, depth: number): unknown {
    if (type.startsWith('#'))
      return Buffer.isBuffer(value) ? this.#message(type.slice(1), value, depth + 1) : undefined;
    if (Buffer.isBuffer(value)) {
      if (type === 'string') return value.toString('utf8');
      if (type === 'bytes') return value.toString('base64');
      if (type === 'double') return value.readDoubleLE(0);
      return undefined;
    }
    return type === 'bool' ? value !== 0n : Number(BigInt.asIntN(64, value));
  }
}

/** Bodies that are not objects of a served kind. */
const OTHERS: Record<string, string> = {
  DeleteOptions: 'apimachinery.pkg.apis.meta.v1.DeleteOptions',
  Scale: 'api.autoscaling.v1.Scale',
  Eviction: 'api.policy.v1.Eviction',
  TokenRequest: 'api.authentication.v1.TokenRequest',
};

/** The message of a kind, as `decode` asks for it. */
export function protobufMessage(schemas: Schemas, apiVersion: string, kind: string): string | undefined {
  if (Object.hasOwn(OTHERS, kind)) return OTHERS[kind];
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const root = schemas.root(group, version, kind);
  return typeof root === 'string' ? root.slice(1) : undefined;
}

function append(out: JsonObject, name: string, item: unknown): void {
  const list = out[name];
  if (Array.isArray(list)) list.push(item);
  else out[name] = [item];
}

const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function numbered(bytes: Buffer): Map<number, bigint | Buffer> {
  return new Map([...fieldsOf(bytes)].map(({ number, value }) => [number, value]));
}

function time(bytes: Buffer, digits: number): string | undefined {
  const fields = numbered(bytes);
  const seconds = fields.get(1);
  if (typeof seconds !== 'bigint') return undefined;
  const nanos = fields.get(2);
  const ms =
    Number(BigInt.asIntN(64, seconds)) * 1000 + (typeof nanos === 'bigint' ? Number(nanos) / 1e6 : 0);
  // Go's zero time is no time.
  if (ms < -62_000_000_000_000 || Number.isNaN(new Date(ms).getTime())) return undefined;
  const iso = new Date(ms).toISOString();
  return digits === 0 ? `${iso.slice(0, 19)}Z` : iso.replace('Z', '000Z');
}

function embeddedJson(bytes: Buffer): unknown {
  const raw = numbered(bytes).get(1);
  try {
    return Buffer.isBuffer(raw) ? JSON.parse(raw.toString('utf8')) : undefined;
  } catch {
    throw badRequest('the object provided is unrecognized: invalid embedded JSON');
  }
}

/** Messages whose JSON is not an object of their fields. */
const SPECIAL: Record<string, (bytes: Buffer) => unknown> = {
  Time: (bytes) => time(bytes, 0),
  MicroTime: (bytes) => time(bytes, 6),
  Quantity: (bytes) => String(numbered(bytes).get(1) ?? '0'),
  IntOrString: (bytes) => {
    const fields = numbered(bytes);
    return fields.get(1) === 1n
      ? String(fields.get(3) ?? '')
      : Number(BigInt.asIntN(64, (fields.get(2) as bigint | undefined) ?? 0n));
  },
  FieldsV1: embeddedJson,
  RawExtension: embeddedJson,
  ExtraValue: (bytes) => [...fieldsOf(bytes)].map(({ value }) => String(value)),
};
