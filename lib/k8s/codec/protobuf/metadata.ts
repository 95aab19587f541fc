import type { Reader } from '#lib/k8s/client/protobuf/reader.ts';
import type { OwnerReference, PartialMetadata } from '#lib/resources/definition.ts';
import { readTime } from './decode.ts';

/**
 * ObjectMeta straight to the metadata of a row; field numbers as in apimachinery's meta/v1/generated.proto. The same as
 * partialMetadata makes of JSON. null when there is no name.
 */
export function decodeMetadata(reader: Reader, end: number): PartialMetadata | null {
  let name = '';
  let namespace = '';
  let uid = '';
  let resourceVersion = '';
  let generation = 0;
  let createdMs = 0;
  let deletedMs = 0;
  let deletionGraceSeconds = 0;
  let labels: Record<string, string> | null = null;
  const ownerReferences: OwnerReference[] = [];
  const finalizers: string[] = [];
  let lastChange: PartialMetadata['lastChange'] = null;
  while (reader.at < end) {
    const tag = reader.varint();
    switch (tag) {
      case 0x0a: // 1
        name = reader.text(reader.block(end));
        break;
      case 0x1a: // 3
        namespace = reader.sharedText(reader.block(end));
        break;
      case 0x2a: // 5
        uid = reader.text(reader.block(end));
        break;
      case 0x32: // 6
        resourceVersion = reader.text(reader.block(end));
        break;
      case 0x38: // 7
        generation = reader.int();
        break;
      case 0x42: // 8
        createdMs = instantMs(reader, reader.block(end));
        break;
      case 0x4a: // 9
        deletedMs = instantMs(reader, reader.block(end));
        break;
      case 0x50: // 10
        deletionGraceSeconds = reader.int();
        break;
      case 0x5a: // 11
        labels ??= Object.create(null) as Record<string, string>;
        decodeLabel(reader, reader.block(end), labels);
        break;
      case 0x6a: // 13
        ownerReferences.push(decodeOwner(reader, reader.block(end)));
        break;
      case 0x72: // 14
        finalizers.push(reader.sharedText(reader.block(end)));
        break;
      case 0x8a: // 17
        lastChange = later(lastChange, reader, reader.block(end));
        break;
      default:
        reader.skip(tag & 7, end);
    }
  }
  if (name === '') return null;
  return {
    name,
    namespace,
    uid: uid === '' ? `${namespace}/${name}` : uid,
    resourceVersion,
    createdMs,
    deletedMs,
    deletionGraceSeconds,
    generation,
    labels: labels ?? (Object.create(null) as Record<string, string>),
    ownerReferences,
    finalizers,
    lastChange,
  };
}

function instantMs(reader: Reader, end: number): number {
  const { seconds } = readTime(reader, end);
  return Number.isNaN(seconds) ? 0 : seconds * 1_000;
}

function decodeLabel(reader: Reader, end: number, labels: Record<string, string>): void {
  let key = '';
  let value = '';
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) key = reader.sharedText(reader.block(end));
    else if (tag === 0x12) value = reader.sharedText(reader.block(end));
    else reader.skip(tag & 7, end);
  }
  labels[key] = value;
}

function decodeOwner(reader: Reader, end: number): OwnerReference {
  let apiVersion = '';
  let kind = '';
  let name = '';
  let uid = '';
  let controller = false;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x2a) apiVersion = reader.sharedText(reader.block(end));
    else if (tag === 0x0a) kind = reader.sharedText(reader.block(end));
    else if (tag === 0x1a) name = reader.sharedText(reader.block(end));
    else if (tag === 0x22) uid = reader.sharedText(reader.block(end));
    else if (tag === 0x30) controller = reader.varint() !== 0;
    else reader.skip(tag & 7, end);
  }
  return { apiVersion, kind, name, uid, controller };
}

/** The newest writer that managedFields tell of; the fields themselves are skipped. */
function later(
  last: PartialMetadata['lastChange'],
  reader: Reader,
  end: number,
): PartialMetadata['lastChange'] {
  let manager = '';
  let atMs = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 0x0a) manager = reader.sharedText(reader.block(end));
    else if (tag === 0x22) atMs = instantMs(reader, reader.block(end));
    else reader.skip(tag & 7, end);
  }
  return atMs > 0 && (last === null || atMs > last.atMs) ? { manager, atMs } : last;
}
