import type { Store } from '#lib/k8s/cache/store.ts';
import { type Cell, isState, isUnknown } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { ExportFormat } from './export-question.ts';

/**
 * Rows as lines of a file. Only what the table may show is written (cells, never objects), so nothing a Secret or a
 * ConfigMap holds can leave this way.
 */
export interface RowWriter {
  readonly head: string;
  /** One line of a row, its end included. */
  row(key: number, isFirst: boolean): string;
  readonly foot: string;
}

interface WrittenColumn {
  readonly id: string;
  readonly label: string;
  /** null: name or namespace, which are text. */
  readonly column: Column | null;
  cellOf(key: number): Cell;
}

/** ids: in this order, those that are not there left out; empty: all there are. */
export function createRowWriter(store: Store, ids: readonly string[], format: ExportFormat): RowWriter {
  const all = writtenColumns(store);
  const named = ids.flatMap((id) => all.find((column) => column.id === id) ?? []);
  const columns = named.length === 0 ? all : named;
  if (format === 'json') return jsonWriter(store, columns);
  const [separator, field, end] = format === 'csv' ? [',', csvField, '\r\n'] : ['\t', tsvField, '\n'];
  const line = (texts: readonly string[]) => texts.map(field).join(separator) + end;
  return {
    // Excel takes a file without the mark for an old code page.
    head: format === 'csv' ? `\uFEFF${line(columns.map(({ label }) => label))}` : '',
    row: (key) => line(columns.map((column) => textOf(column.cellOf(key), column.column))),
    foot: '',
  };
}

function writtenColumns(store: Store): readonly WrittenColumn[] {
  const identity = (id: 'namespace' | 'name', label: string): WrittenColumn => ({
    ...{ id, label, column: null },
    cellOf: (key) => store.metadata(key)[id],
  });
  const own = [...store.columns.entries()].flatMap(([at, column]): WrittenColumn[] => {
    if (column.priority === 0) return [];
    const unit = column.unit === undefined ? '' : ` (${column.unit})`;
    const cellOf = (key: number) => store.cell(key, at);
    return [{ id: column.id, label: `${column.label}${unit}`, column, cellOf }];
  });
  return [identity('namespace', 'Namespace'), identity('name', 'Name'), ...own];
}

/** One object a line, so that a reader may take them one by one; the uid always stands with them. */
function jsonWriter(store: Store, columns: readonly WrittenColumn[]): RowWriter {
  const jsonOf = (key: number) =>
    // fromEntries makes own fields, whatever they are called.
    JSON.stringify(
      Object.fromEntries([
        ['uid', store.metadata(key).uid],
        ...columns.map((one) => [one.id, jsonValue(one.cellOf(key), one.column)]),
      ]),
    );
  return { head: '[', row: (key, isFirst) => `${isFirst ? '\n' : ',\n'}${jsonOf(key)}`, foot: '\n]\n' };
}

/** Instants as ISO 8601; nothing that applies as null; what is not known with its reason. */
function jsonValue(cell: Cell, column: Column | null): unknown {
  if (typeof cell === 'number' && column?.type === 'time') return instantOf(cell) ?? { unknown: 'never set' };
  if (isState(cell)) return { level: cell.level, words: cell.words };
  return cell;
}

/** As the table says it: '?' for what is not known, empty for what does not apply; figures and instants in full. */
function textOf(cell: Cell, column: Column | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return column?.type === 'time' ? (instantOf(cell) ?? '?') : String(cell);
  if (typeof cell === 'string') return harmless(cell);
  if (isState(cell)) return harmless(cell.words);
  return isUnknown(cell) ? '?' : harmless(cell.join(', '));
}

function instantOf(atMs: number): string | null {
  return atMs === 0 || !(Math.abs(atMs) <= 8.64e15) ? null : new Date(atMs).toISOString();
}

/**
 * A spreadsheet runs text that begins like a formula, and where it splits at semicolons, tabs or ends of lines also what
 * comes after one. An apostrophe in front keeps it text (OWASP, CSV injection). JSON holds the text as it is.
 */
export function harmless(text: string): string {
  return text.replaceAll(/(^|[;\t\r\n])(\s*)(?=[=+\-@＝＋－＠])/g, "$1$2'");
}

/** Within a field lines end in \n, so that \r\n ends rows only. */
const csvField = (text: string): string => {
  const plain = text.replaceAll(/\r\n?/g, '\n');
  return /[",\n;]|^\s|\s$/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};
const tsvField = (text: string): string => text.replaceAll(/[\t\r\n]+/g, ' ');
