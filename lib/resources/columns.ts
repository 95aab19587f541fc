import type { Cell } from './cell.ts';
import type { Column, PartialMetadata } from './definition.ts';

/** Columns that every kind draws alike. */
export const stateColumn: Column = {
  id: 'state',
  label: 'State',
  type: 'state',
  source: 'projected',
  sortable: true,
  facet: true,
  searched: true,
  priority: 1,
};

export const ageColumn: Column = {
  id: 'age',
  label: 'Age',
  type: 'time',
  source: 'projected',
  sortable: true,
  facet: false,
  align: 'right',
  priority: 1,
};

/** 'ReplicaSet cart-7f9c' of the controller that owns the object; null when it has none. */
export function controllerName(metadata: PartialMetadata): Cell {
  const controller = metadata.ownerReferences.find((owner) => owner.controller);
  return controller === undefined ? null : `${controller.kind} ${controller.name}`;
}
