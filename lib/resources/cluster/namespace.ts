import type { State } from '../cell.ts';
import { ageColumn, stateColumn } from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { at, conditionsOf, isDictionary, textAt } from '../read.ts';
import { malformed, ok, progress, unknown, warning } from '../states.ts';

export const namespace: ResourceDefinition = {
  name: 'namespaces',
  kind: 'Namespace',
  wanted: ['spec.finalizers', 'status.phase', 'status.conditions'],
  columns: [stateColumn, ageColumn],
  sort: { column: 'state', descending: false },
  project: (object) => [namespaceState(object), object.metadata.createdMs],
  stateOf: namespaceState,
};

function namespaceState({ fields, metadata }: PartialObject): State {
  if (!isDictionary(at(fields, 'status'))) return malformed;
  const phase = textAt(fields, 'status', 'phase');
  if (phase === 'Terminating' || metadata.deletedMs > 0) {
    const held = conditionsOf(fields).find((condition) => condition.status === 'True');
    return held === undefined
      ? progress('Leaving, its contents are being deleted', 'gone')
      : warning(`Leaving, held: ${held.message || held.reason}`, 'gone');
  }
  return phase === 'Active' ? ok('Active') : unknown(phase === '' ? 'Phase not reported' : phase);
}
