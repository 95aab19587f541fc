import type { Reader } from './reader.ts';

/**
 * meta/v1 Status up to `end`, as its JSON would be, as far as errors are told from it; field numbers as in
 * apimachinery's meta/v1/generated.proto.
 */
export function readStatus(reader: Reader, end: number): Record<string, unknown> {
  const status: Record<string, unknown> = { kind: 'Status' };
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x12) status.status = reader.text(reader.block(end));
    else if (tag === 0x1a) status.message = reader.text(reader.block(end));
    else if (tag === 0x22) status.reason = reader.text(reader.block(end));
    else if (tag === 0x2a) status.details = readDetails(reader, reader.block(end));
    else if (tag === 0x30) status.code = reader.int();
    else reader.skip(tag & 7, end);
  }
  return status;
}

function readDetails(reader: Reader, end: number): Record<string, unknown> {
  const details: Record<string, unknown> = {};
  const causes: Record<string, unknown>[] = [];
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) details.name = reader.text(reader.block(end));
    else if (tag === 0x12) details.group = reader.text(reader.block(end));
    else if (tag === 0x1a) details.kind = reader.text(reader.block(end));
    else if (tag === 0x22) causes.push(readCause(reader, reader.block(end)));
    else if (tag === 0x28) details.retryAfterSeconds = reader.int();
    else if (tag === 0x32) details.uid = reader.text(reader.block(end));
    else reader.skip(tag & 7, end);
  }
  return causes.length === 0 ? details : { ...details, causes };
}

function readCause(reader: Reader, end: number): Record<string, unknown> {
  const cause: Record<string, unknown> = {};
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) cause.reason = reader.text(reader.block(end));
    else if (tag === 0x12) cause.message = reader.text(reader.block(end));
    else if (tag === 0x1a) cause.field = reader.text(reader.block(end));
    else reader.skip(tag & 7, end);
  }
  return cause;
}
