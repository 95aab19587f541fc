'use client';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { useOpening } from '#components/ui/overlay/use-opening.ts';
import { useAccesses } from '#lib/live/use-access.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';
import type { ResourceName } from '#lib/resources/resource-type.ts';
import type { List } from '../list.ts';
import type { MarkedRow } from './marks.ts';

const DeleteMarkedDialog = dynamic(
  () => import('./delete-marked-dialog.tsx').then((module) => module.DeleteMarkedDialog),
  { ssr: false },
);

const MOST = 200;
/** Nothing brings these back, and each takes much along: their own pages ask for the name. */
const ONE_BY_ONE: readonly ResourceName[] = ['namespaces', 'nodes'];

/** Deletes the rows that were marked one by one, each with its uid. Stays in place when it cannot be used, and says why. */
export function DeleteMarked({ list }: { readonly list: List }) {
  const { kind, spec, marking } = list;
  const opening = useOpening();
  // As they were when asked: marks may change under the open dialog.
  const [asked, setAsked] = useState<readonly MarkedRow[]>([]);
  const { type } = kind;
  const rows = marking.marks.all ? [] : [...marking.marks.rows.values()];
  const waits = useWaits(list, rows);
  if (type === undefined || !type.verbs.includes('delete')) return null;
  const ask = () => {
    setAsked(rows);
    opening.open();
  };
  return (
    <>
      <Button small tone="danger" glyph="trash" waits={waits} onClick={ask}>
        Delete…
      </Button>
      {opening.count === 0 ? null : (
        <DeleteMarkedDialog
          key={opening.count}
          opened={opening.isOpen}
          cluster={spec.cluster}
          type={type}
          kind={kind}
          rows={asked}
          onClose={opening.close}
          onAccepted={(accepted) => marking.grid.mark(accepted, false)}
        />
      )}
    </>
  );
}

/** Why it cannot be used now; undefined when it can. */
function useWaits(
  { kind, spec, table, marking, resource }: List,
  rows: readonly MarkedRow[],
): string | undefined {
  const { type } = kind;
  const namespaces = [...new Set(rows.map((row) => row.namespace))].sort();
  const right = { verb: 'delete', group: type?.group ?? '', resource: type?.resource ?? '' };
  const rights = namespaces.map((namespace) => ({ ...right, namespace }));
  const answers = useAccesses(spec.cluster, type === undefined ? [] : rights);
  const { tone } = useFreshness(spec.cluster, table);
  if (ONE_BY_ONE.includes(resource)) return `${kind.title} are deleted one at a time, on their own pages`;
  if (marking.marks.all) return 'Only rows marked one by one can be deleted';
  if (rows.length > MOST) return `At most ${MOST} at a time`;
  return tone === 'stale' ? 'Actions wait until the view is live again' : refusedWords(answers, resource);
}

function refusedWords(answers: ReturnType<typeof useAccesses>, resource: ResourceName): string | undefined {
  if (answers.some((one) => one.allowed === null)) return 'Asking whether you may';
  const missing = answers.filter((one) => one.allowed === false).map((one) => one.namespace);
  if (missing.length === 0) return undefined;
  const where = missing.filter((namespace) => namespace !== '');
  return `Needs delete ${resource}${where.length === 0 ? '' : ` in ${where.join(', ')}`}`;
}
