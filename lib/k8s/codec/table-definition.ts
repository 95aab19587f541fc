import type { Cell, State } from '#lib/resources/cell.ts';
import type { Column, PartialObject, ResourceDefinition } from '#lib/resources/definition.ts';
import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import type { TableColumn } from './codec.ts';
import { nameColumn } from './table-codec.ts';

const LONGEST_TEXT = 1_000;
const LONGEST_JSON = 200;

interface Source {
  readonly column: Column;
  /** Index into the row's cells. */
  readonly at: number;
}

/**
 * What a kind without a definition means: the columns of the API server's Table. Its name column is left out (a row
 * has its name beside the cells) and so are date columns, whose text is an age that rots; the age comes from
 * creationTimestamp. Nothing is guessed about health: the absence of bad news is never `ok`.
 */
export function tableDefinition(type: ResourceType, columns: readonly TableColumn[]): ResourceDefinition {
  const sources = sourcesOf(columns);
  const ready = columns.findIndex((column) => column.name.toLowerCase() === 'ready');
  return {
    name: resourceName(type),
    kind: type.kind,
    wanted: [],
    columns: [...sources.map((source) => source.column), AGE],
    sort: { column: 'name', descending: false },
    project: (object) => [
      ...sources.map((source) => cellOf(object.tableCells?.[source.at])),
      object.metadata.createdMs === 0 ? null : object.metadata.createdMs,
    ],
    stateOf: (object) => stateOf(object, ready),
  };
}

const AGE: Column = {
  id: 'age',
  label: 'Age',
  type: 'time',
  source: 'projected',
  sortable: true,
  facet: false,
  priority: 1,
};

/** Words that usually name a phase; few values, so worth counting. */
const FACETS = new Set(['ready', 'status', 'phase', 'state', 'type', 'class', 'synced', 'healthy']);

function sourcesOf(columns: readonly TableColumn[]): readonly Source[] {
  const taken = new Set(['age', 'name', 'namespace']);
  const name = nameColumn(columns);
  const sources: Source[] = [];
  columns.forEach((column, at) => {
    if (at === name || column.type === 'date' || column.name.toLowerCase() === 'age') return;
    const isNumber = column.type === 'integer' || column.type === 'number';
    const label = column.name.slice(0, 80) || `Column ${at + 1}`;
    sources.push({
      at,
      column: {
        id: uniqueId(label, taken),
        label,
        type: isNumber ? 'number' : 'text',
        source: 'projected',
        sortable: true,
        facet: !isNumber && FACETS.has(column.name.toLowerCase()),
        searched: !isNumber,
        priority: column.priority === 0 ? 1 : 3,
      },
    });
  });
  return sources;
}

function uniqueId(label: string, taken: Set<string>): string {
  const base =
    label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'column';
  let id = base;
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

/** Cells are whatever the printer gave: numbers stay numbers, everything else becomes short text. */
function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'string':
      return value.slice(0, LONGEST_TEXT);
    case 'boolean':
      return String(value);
    case 'object':
      return value === null ? null : (JSON.stringify(value) ?? '').slice(0, LONGEST_JSON);
    default:
      return null;
  }
}

function stateOf(object: PartialObject, ready: number): State {
  if (object.metadata.deletedMs > 0) return { level: 'progress', words: 'Leaving' };
  const cell = ready < 0 ? undefined : object.tableCells?.[ready];
  const says = String(typeof cell === 'boolean' || typeof cell === 'string' ? cell : '').toLowerCase();
  if (says === 'true') return { level: 'ok', words: 'Ready' };
  if (says === 'false') return { level: 'warning', words: 'Not ready' };
  return { level: 'unknown', words: 'State not known' };
}
