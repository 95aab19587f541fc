// Holds rows that were shown against objects as the API server lists them.
import type { Cell } from '#lib/resources/cell.ts';
import { partialOf } from '#lib/resources/partial-object.ts';
import { definitionOf } from '#lib/resources/registry.ts';

export type RowsByUid = ReadonlyMap<string, readonly Cell[]>;

/** What the console's own projection makes of the objects. */
export function projectedRows(resource: string, items: readonly unknown[]): RowsByUid {
  const definition = definitionOf(resource);
  if (definition === undefined) throw new Error(`${resource} has no columns of its own`);
  return new Map(
    items.flatMap((item) => {
      const object = partialOf(item);
      return object === null ? [] : [[object.metadata.uid, definition.project(object)] as const];
    }),
  );
}

/** Rows that are missing, left over, or hold other cells: in words, none when all is right. */
export function rowDifferences(wanted: RowsByUid, shown: RowsByUid): readonly string[] {
  const missing = [...wanted.keys()].filter((uid) => !shown.has(uid)).map((uid) => `missing: ${uid}`);
  const extra = [...shown.keys()]
    .filter((uid) => !wanted.has(uid))
    .map((uid) => `not there any more: ${uid}`);
  const wrong = [...wanted]
    .filter(([uid, cells]) => shown.has(uid) && JSON.stringify(cells) !== JSON.stringify(shown.get(uid)))
    .map(([uid, cells]) => `${uid}: ${JSON.stringify(cells)} but shown ${JSON.stringify(shown.get(uid))}`);
  return [...missing, ...extra, ...wrong];
}
