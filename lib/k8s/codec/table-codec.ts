import { invalidAnswer } from '#lib/k8s/client/errors.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { at, type Dictionary, isDictionary, numberAt, textAt } from '#lib/resources/read.ts';
import type { Codec, Page, Pause, TableColumn, WatchDecoder, WatchEvent } from './codec.ts';
import { parseEvent, readSliced } from './json-codec.ts';
import { emptyDictionary } from './json-value.ts';
import { createLineDecoder } from './line-decoder.ts';
import { listHead, parseList, peekContinue } from './list-head.ts';
import { partialMetadata } from './partial-metadata.ts';
import { watchError } from './watch-error.ts';

const ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const MOST_COLUMNS = 50;

/**
 * The API server's own rows, for kinds without a definition. A row brings its object's metadata along (includeObject
 * is Metadata when nothing is asked), its cells in the order of columnDefinitions. A server that knows no Table
 * answers a plain list: its rows have no cells. No data but metadata is kept of either.
 */
export function tableCodec(): Codec {
  return {
    accept: ACCEPT,
    peekContinue,
    decodePage,
    watchDecoder: createTableWatchDecoder,
  };
}

async function decodePage(body: Uint8Array, pause?: Pause): Promise<Page> {
  const list = parseList(body);
  if (at(list, 'kind') === 'Table') {
    const columns = columnsOf(at(list, 'columnDefinitions'));
    const rows = at(list, 'rows');
    const items = Array.isArray(rows) ? rows : [];
    const decoded = await readSliced(items, (row) => readRow(row, columns ?? []), pause);
    return { ...listHead(list), ...decoded, tableColumns: columns };
  }
  const items = at(list, 'items');
  if (!Array.isArray(items) && items !== null) {
    throw invalidAnswer('The API server answered a list without rows or items');
  }
  const decoded = await readSliced(items ?? [], readPlain, pause);
  return { ...listHead(list), ...decoded, tableColumns: [] };
}

/** Null when the value names no columns: only the first answer of a watch does. */
function columnsOf(value: unknown): readonly TableColumn[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.slice(0, MOST_COLUMNS).map((column) => ({
    name: textAt(column, 'name'),
    type: textAt(column, 'type'),
    format: textAt(column, 'format'),
    description: textAt(column, 'description'),
    priority: numberAt(column, 'priority') ?? 0,
  }));
}

function readRow(row: Dictionary, columns: readonly TableColumn[]): PartialObject | null {
  const cells = at(row, 'cells');
  const tableCells: readonly unknown[] = Array.isArray(cells) ? cells.slice(0, MOST_COLUMNS) : [];
  const metadata =
    partialMetadata(at(row, 'object', 'metadata')) ??
    partialMetadata({ name: tableCells[nameColumn(columns)] });
  return metadata === null ? null : { metadata, fields: emptyDictionary(), tableCells };
}

/** Where the name stands: the column with format `name`, else the first (the API server's own convention). */
export function nameColumn(columns: readonly TableColumn[]): number {
  return Math.max(
    0,
    columns.findIndex((column) => column.format === 'name'),
  );
}

function readPlain(item: Dictionary): PartialObject | null {
  const metadata = partialMetadata(at(item, 'metadata'));
  return metadata === null ? null : { metadata, fields: emptyDictionary(), tableCells: [] };
}

function createTableWatchDecoder(): WatchDecoder {
  const lines = createLineDecoder();
  let tableColumns: readonly TableColumn[] | null = null;
  let malformed = 0;
  const decode = (line: string): readonly WatchEvent[] => {
    const event = parseEvent(line);
    const object = at(event, 'object');
    const columns = at(object, 'kind') === 'Table' ? columnsOf(at(object, 'columnDefinitions')) : null;
    // A bookmark's Table need not name the columns of the kind; it is never a row.
    if (columns !== null && at(event, 'type') !== 'BOOKMARK') tableColumns = columns;
    const decoded = decodeTableEvent(event, tableColumns ?? []);
    malformed += decoded.malformed;
    return decoded.events;
  };
  return {
    get tableColumns() {
      return tableColumns;
    },
    get malformed() {
      return malformed;
    },
    push: (chunk) => lines.push(chunk).flatMap(decode),
  };
}

interface DecodedEvent {
  readonly events: readonly WatchEvent[];
  readonly malformed: number;
}

const MALFORMED: DecodedEvent = { events: [], malformed: 1 };

function decodeTableEvent(event: Dictionary, columns: readonly TableColumn[]): DecodedEvent {
  const type = at(event, 'type');
  const object = at(event, 'object');
  if (type === 'ERROR') return { events: [{ type, error: watchError(object) }], malformed: 0 };
  if (!isDictionary(object)) return MALFORMED;
  if (type === 'BOOKMARK') {
    return { events: [{ type, resourceVersion: bookmarkVersion(object) }], malformed: 0 };
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return MALFORMED;
  if (at(object, 'kind') !== 'Table') {
    const plain = readPlain(object);
    return plain === null ? MALFORMED : { events: [{ type, object: plain }], malformed: 0 };
  }
  const rows = at(object, 'rows');
  if (!Array.isArray(rows)) return MALFORMED;
  const events: WatchEvent[] = [];
  for (const row of rows) {
    const read = isDictionary(row) ? readRow(row, columns) : null;
    if (read !== null) events.push({ type, object: read });
  }
  return { events, malformed: rows.length - events.length };
}

/** A Table's bookmark names its version in the Table's metadata or in that of its one, otherwise empty, row. */
function bookmarkVersion(object: Dictionary): string {
  const version = textAt(object, 'metadata', 'resourceVersion');
  if (version !== '') return version;
  const rows = at(object, 'rows');
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  return textAt(row, 'object', 'metadata', 'resourceVersion');
}
