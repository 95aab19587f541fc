import type { Reader } from '#lib/k8s/client/protobuf/reader.ts';
import type { OwnerReference, PartialMetadata } from '#lib/resources/definition.ts';
import { readTime } from './decode.ts';

/** What is read of ObjectMeta, while it is read. */
interface Draft {
  name: string;
  namespace: string;
  uid: string;
  resourceVersion: string;
  generation: number;
  createdMs: number;
  deletedMs: number;
  deletionGraceSeconds: number;
  labels: Record<string, string>;
  ownerReferences: OwnerReference[];
  finalizers: string[];
  lastChange: PartialMetadata['lastChange'];
}

/**
 * ObjectMeta straight to the metadata of a row; field numbers as in apimachinery's meta/v1/generated.proto. The same as
 * partialMetadata makes of JSON. null when there is no name.
 */
export function decodeMetadata(reader: Reader, end: number): PartialMetadata | null {
  const draft: Draft = {
    name: '',
    namespace: '',
    uid: '',
    resourceVersion: '',
    createdMs: 0,
    deletedMs: 0,
    deletionGraceSeconds: 0,
    generation: 0,
    labels: Object.create(null) as Record<string, string>,
    ownerReferences: [],
    finalizers: [],
    lastChange: null,
  };
  while (reader.at < end) {
    const tag = reader.varint();
    const isRead =
      (tag & 7) === 2 ? readBlock(draft, tag >>> 3, reader, end) : readNumber(draft, tag, reader);
    if (!isRead) reader.skip(tag & 7, end);
  }
  if (draft.name === '') return null;
  if (draft.uid === '') draft.uid = `${draft.namespace}/${draft.name}`;
  return draft;
}

function readNumber(draft: Draft, tag: number, reader: Reader): boolean {
  if (tag === 0x38)
    draft.generation = reader.int(); // 7
  else if (tag === 0x50)
    draft.deletionGraceSeconds = reader.int(); // 10
  else return false;
  return true;
}

/** False: not wanted, nothing was read. */
function readBlock(draft: Draft, field: number, reader: Reader, end: number): boolean {
  switch (field) {
    case 1:
      draft.name = reader.text(reader.block(end));
      return true;
    case 3:
      draft.namespace = reader.sharedText(reader.block(end));
      return true;
    case 5:
      draft.uid = reader.text(reader.block(end));
      return true;
    case 6:
      draft.resourceVersion = reader.text(reader.block(end));
      return true;
    case 8:
      draft.createdMs = instantMs(reader, reader.block(end));
      return true;
    case 9:
      draft.deletedMs = instantMs(reader, reader.block(end));
      return true;
    case 11:
      decodeLabel(reader, reader.block(end), draft.labels);
      return true;
    case 13:
      draft.ownerReferences.push(decodeOwner(reader, reader.block(end)));
      return true;
    case 14:
      draft.finalizers.push(reader.sharedText(reader.block(end)));
      return true;
    case 17:
      draft.lastChange = later(draft.lastChange, reader, reader.block(end));
      return true;
    default:
      return false;
  }
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
