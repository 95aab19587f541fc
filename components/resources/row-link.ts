import type { Cell } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';

/** A row as far as links need it. */
export interface LinkedRow {
  readonly namespace: string;
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** The column that leads somewhere where a row's own name says nothing: an event's object. null: the name does. */
export function titleColumn(resource: ResourceName): string | null {
  return resource === 'events' ? 'object' : null;
}

/** Where a row leads: to its object; an event leads to what it is about, if this cluster serves that kind. */
export function rowHref(
  cluster: string,
  resource: ResourceName,
  row: LinkedRow,
  columns: readonly Column[],
  types: readonly ResourceType[] | null,
): string {
  const own = routes.object({ cluster, resource, namespace: row.namespace, name: row.name });
  if (titleColumn(resource) === null) return own;
  const kind = textCell(row, columns, 'involvedKind');
  const name = textCell(row, columns, 'involvedName');
  const served = types?.filter((type) => type.kind === kind) ?? [];
  const type = served.find((candidate) => !candidate.custom) ?? served[0];
  if (type === undefined || name === '') return own;
  const namespace = type.scope === 'Namespaced' ? row.namespace : '';
  return routes.object({ cluster, resource: resourceName(type), namespace, name });
}

function textCell(row: LinkedRow, columns: readonly Column[], id: string): string {
  const cell = row.cells[columns.findIndex((column) => column.id === id)];
  return typeof cell === 'string' ? cell : '';
}
