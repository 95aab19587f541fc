import type { WriteResult } from '#lib/resources/api-error.ts';
import type { MarkedRow } from './marks.ts';

/** Deletions under way: how each ended so far, by uid. */
export type Outcomes = ReadonlyMap<string, WriteResult>;

const AT_ONCE = 4;

/**
 * One after another, a few at once, in the order given. Nothing more is sent after the signal; what was sent is waited
 * for. `remove` never rejects.
 */
export async function deleteEach(
  rows: readonly MarkedRow[],
  remove: (row: MarkedRow) => Promise<WriteResult>,
  onOutcome: (uid: string, result: WriteResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.shift(); row !== undefined && !signal.aborted; row = waiting.shift()) {
      onOutcome(row.uid, await remove(row));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** How one ended, in a few words. */
export function outcomeWords(result: WriteResult | undefined): string {
  if (result === undefined) return 'Not sent';
  if (result.outcome === 'done') return 'Accepted';
  if (result.outcome === 'unknown') {
    const { state } = result.checked;
    if (state === 'gone' || state === 'leaving') return 'Answer lost; it is gone or leaving';
    return state === 'present' ? 'Answer lost; it is still there' : 'Not known';
  }
  if (result.error.reason === 'NotFound') return 'Was gone already';
  if (result.error.reason === 'Conflict') return 'Not touched: another has this name now';
  return `Refused: ${result.error.message}`;
}

/** '2 accepted, 1 refused, 3 not sent.' The watch shows when they are gone. */
export function sumWords(rows: readonly MarkedRow[], outcomes: Outcomes): string {
  const sums = { accepted: 0, refused: 0, 'not known': 0, 'not sent': 0 };
  for (const { uid } of rows) {
    const outcome = outcomes.get(uid)?.outcome;
    if (outcome === 'done') sums.accepted++;
    else if (outcome === 'refused') sums.refused++;
    else sums[outcome === undefined ? 'not sent' : 'not known']++;
  }
  const parts = Object.entries(sums).flatMap(([words, count]) => (count === 0 ? [] : `${count} ${words}`));
  return `${parts.join(', ')}. They leave the list when the watch confirms it.`;
}

/** The same with kubectl, a line a namespace. */
export function kubectlDeleteMarked(resource: string, rows: readonly MarkedRow[], context: string): string {
  const namespaces = [...new Set(rows.map((row) => row.namespace))].sort();
  return namespaces
    .map((namespace) => {
      const names = rows.filter((row) => row.namespace === namespace).map((row) => row.name);
      const where = namespace === '' ? [] : ['--namespace', namespace];
      const whose = context === '' ? [] : ['--context', context];
      return ['kubectl', 'delete', resource, ...names, ...where, ...whose].map(quoted).join(' ');
    })
    .join('\n');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9._:/@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
