import { Buffer } from 'node:buffer';
import { invalidAnswer } from '#lib/k8s/client/errors.ts';

/** Repeated texts (nodes, images, reasons) become one string each; a slot is taken over by the next text that falls on it. */
const SLOTS = 4_096;
const LONGEST_KEPT = 96;

/**
 * Walks over protobuf's bytes. Every read checks its bounds: what is cut off or no protobuf throws ApiException
 * (InvalidAnswer), whatever it claims.
 */
export class Reader {
  #bytes: Buffer = Buffer.alloc(0);
  at = 0;
  readonly #kept: (string | undefined)[] = new Array(SLOTS);
  readonly #made: ({ readonly of: number; readonly text: string | null } | undefined)[] = new Array(SLOTS);

  /** From now on these bytes, from their beginning. */
  over(bytes: Uint8Array): void {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** A number below 2^53; higher bits are lost, as in JSON. */
  varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++];
    if (byte === undefined) throw cutOff();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let factor = 0x80;
    for (let count = 1; count < 10; count++) {
      byte = bytes[this.at++];
      if (byte === undefined) throw cutOff();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw invalidAnswer('The API server sent a number without an end');
  }

  /** As varint, for types with a sign: negative ones are written as ten bytes of two's complement. */
  int(): number {
    const start = this.at;
    const value = this.varint();
    if (this.at - start < 10) return value;
    let signed = 0n;
    for (let index = start, shift = 0n; index < this.at; index++, shift += 7n) {
      signed |= BigInt((this.#bytes[index] as number) & 0x7f) << shift;
    }
    return Number(BigInt.asIntN(64, signed));
  }

  double(): number {
    const start = this.at;
    if (start + 8 > this.#bytes.length) throw cutOff();
    this.at = start + 8;
    return this.#bytes.readDoubleLE(start);
  }

  /** Reads a length; gives where what follows ends, which lies within `end`. */
  block(end: number): number {
    const length = this.varint();
    const until = this.at + length;
    if (until > end) throw cutOff();
    return until;
  }

  /** Skips a field of this wire type. */
  skip(wire: number, end: number): void {
    if (wire === 0) this.varint();
    else if (wire === 2) this.at = this.block(end);
    else if (wire === 1) this.at += 8;
    else if (wire === 5) this.at += 4;
    else throw invalidAnswer('The API server sent a field of no known wire type');
    if (this.at > end) throw cutOff();
  }

  /** Text that is not expected again (names, uids). */
  text(end: number): string {
    const start = this.at;
    this.at = end;
    return this.#bytes.toString('utf8', start, end);
  }

  /** Text that is expected again. */
  sharedText(end: number): string {
    const bytes = this.#bytes;
    const start = this.at;
    const length = end - start;
    if (length > LONGEST_KEPT) return this.text(end);
    let hash = length;
    for (let index = start; index < end; index++) hash = (Math.imul(hash, 31) + (bytes[index] as number)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const kept = this.#kept[slot];
    if (kept !== undefined && kept.length === length && isSame(kept, bytes, start)) {
      this.at = end;
      return kept;
    }
    const text = this.text(end);
    // Only ASCII has as many characters as bytes, and can be compared one by one.
    if (text.length === length) this.#kept[slot] = text;
    return text;
  }

  /** What `make` makes of a whole number that is expected again (the times of a rollout's pods). */
  sharedValue(number: number, make: (number: number) => string | null): string | null {
    const slot = number & (SLOTS - 1);
    const kept = this.#made[slot];
    if (kept !== undefined && kept.of === number) return kept.text;
    const text = make(number);
    this.#made[slot] = { of: number, text };
    return text;
  }

  base64(end: number): string {
    const start = this.at;
    this.at = end;
    return this.#bytes.toString('base64', start, end);
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

const cutOff = () => invalidAnswer('The API server sent protobuf that is cut off');
