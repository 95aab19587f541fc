import { invalidAnswer } from '../errors.ts';
import type { Reader } from './reader.ts';

/** What every protobuf answer of Kubernetes begins with. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00] as const;

export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

export interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** Where the object's own bytes end; the reader stands at their beginning. */
  readonly end: number;
}

/** Opens runtime.Unknown behind the four first bytes. Throws ApiException (InvalidAnswer). */
export function openEnvelope(reader: Reader, end: number): Envelope {
  reader.at += MAGIC.length;
  let apiVersion = '';
  let kind = '';
  let raw: { from: number; end: number } | null = null;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) {
      const until = reader.block(end);
      while (reader.at < until) {
        const part = reader.varint();
        if (part === 0x0a) apiVersion = reader.sharedText(reader.block(until));
        else if (part === 0x12) kind = reader.sharedText(reader.block(until));
        else reader.skip(part & 7, until);
      }
    } else if (tag === 0x12) {
      const until = reader.block(end);
      raw = { from: reader.at, end: until };
      reader.at = until;
    } else {
      reader.skip(tag & 7, end);
    }
  }
  if (raw === null) throw invalidAnswer('The API server sent a protobuf envelope with nothing in it');
  reader.at = raw.from;
  return { apiVersion, kind, end: raw.end };
}
