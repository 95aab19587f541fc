import type { Cell } from './cell.ts';
import type { Column, PartialMetadata } from './definition.ts';
import { type Dictionary, listAt, textAt } from './read.ts';

/** A projected, sortable text column unless `rest` says otherwise. */
export function column(id: string, label: string, rest: Partial<Column> = {}): Column {
  return { id, label, type: 'text', source: 'projected', sortable: true, facet: false, priority: 1, ...rest };
}

/** Columns that several kinds draw alike. */
export const stateColumn = column('state', 'State', { type: 'state', facet: true, searched: true });
export const ageColumn = column('age', 'Age', { type: 'time', align: 'right' });
export const readyColumn = column('ready', 'Ready', { align: 'right' });
export const tagColumn = column('tag', 'Tag', { type: 'code', priority: 2 });
export const imagesColumn = column('images', 'Images', {
  type: 'list',
  sortable: false,
  searched: true,
  priority: 3,
});
export const ownerColumn = column('owner', 'Owner', { searched: true });

/** 'ReplicaSet cart-7f9c' of the controller that owns the object; null when it has none. */
export function controllerName(metadata: PartialMetadata): Cell {
  const controller = metadata.ownerReferences.find((owner) => owner.controller);
  return controller === undefined ? null : `${controller.kind} ${controller.name}`;
}

/** Images of a pod spec's containers, in their order. */
export function imagesOf(podSpec: unknown): readonly string[] {
  return listAt(podSpec, 'containers').map((container: Dictionary) => textAt(container, 'image'));
}
