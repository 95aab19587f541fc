/** Objects as Table rows: columns from the facts for built-in kinds, from the CRD for custom ones. */
import type { Clock } from '../../base/clock.ts';
import { text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ColumnDefinition } from '../../facts/facts.ts';
import type { PrinterColumn, ResourceType } from '../meta/kinds.ts';
import { metadataText, objectText } from '../meta/object-text.ts';
import type { Cell, CellPrinter } from './cells.ts';
import { CORE_CELLS } from './core.ts';
import { since } from './durations.ts';
import { findJsonPath, parseJsonPath } from './json-path.ts';
import { METRICS_CELLS } from './metrics.ts';
import { OTHER_CELLS } from './others.ts';
import { podCells } from './pods.ts';
import { WORKLOAD_CELLS } from './workloads.ts';

const CELLS: Map<string, CellPrinter> = new Map(
  Object.entries({ ...CORE_CELLS, ...WORKLOAD_CELLS, ...OTHER_CELLS, ...METRICS_CELLS, pods: podCells }),
);

export interface PrintedTable {
  columns: ColumnDefinition[];
  /** Each row as JSON text. */
  rows: string[];
}

export class TablePrinter {
  readonly #columns: Map<string, ColumnDefinition[]>;
  readonly #clock: Clock;

  constructor(facts: Record<string, ColumnDefinition[]>, clock: Clock) {
    this.#columns = new Map(Object.entries(facts));
    this.#clock = clock;
  }

  /** `includeObject` is Metadata, Object or None, as in the query of that name. */
  print(type: ResourceType, objects: KubeObject[], includeObject: string): PrintedTable {
    const columns = this.#columnsOf(type);
    const nowMs = this.#clock.now();
    const rows = objects.map((object) => {
      const cells = JSON.stringify(this.#cells(type, object, nowMs, columns));
      const whole = includeObject === 'Object' ? objectText(type, object) : metadataText(object);
      const shown = includeObject === 'None' ? 'null' : whole;
      return `{"cells":${cells},"object":${shown}}`;
    });
    return { columns, rows };
  }

  #columnsOf(type: ResourceType): ColumnDefinition[] {
    if (!type.custom) return this.#columns.get(type.key) ?? this.#defaultColumns();
    const custom = type.custom.columns.map(({ jsonPath: _path, ...column }) => column);
    return [...this.#defaultColumns().slice(0, 1), ...custom];
  }

  #defaultColumns(): ColumnDefinition[] {
    const name = (this.#columns.get('serviceaccounts') ?? [])[0] as ColumnDefinition;
    return [name, { name: 'Age', type: 'date', format: '', description: '', priority: 0 }];
  }

  #cells(type: ResourceType, object: KubeObject, nowMs: number, columns: ColumnDefinition[]): Cell[] {
    if (type.custom)
      return [
        object.metadata.name ?? '',
        ...type.custom.columns.map((column) => customCell(column, object, nowMs)),
      ];
    const printer = CELLS.get(type.key);
    const isBookmark = object.metadata.name === undefined;
    const cells = printer
      ? printer(object, nowMs)
      : [object.metadata.name, object.metadata.creationTimestamp];
    return cells.slice(0, columns.length).map((cell) => cell ?? (isBookmark ? '' : null));
  }
}

/** One cell of a custom kind; a value that does not fit the column's type prints as null, as the real one does. */
function customCell(column: PrinterColumn, object: KubeObject, nowMs: number): Cell {
  const steps = parseJsonPath(column.jsonPath);
  const found = steps ? findJsonPath(steps, object) : [];
  if (found.length === 0) return null;
  const [first] = found;
  switch (column.type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null;
    case 'number':
      return typeof first === 'number' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return Number.isNaN(Date.parse(text(first))) ? '<invalid>' : since(first, nowMs);
    default:
      return typeof first === 'string' ? first : JSON.stringify(first);
  }
}
