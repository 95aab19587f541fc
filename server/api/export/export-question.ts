import { parseSpec } from '#lib/protocol/client-message.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { Refusal } from '../../edge/refusal.ts';

/** A list as a file: the list's own question, which columns, and how it is written. */
export interface ExportQuestion {
  readonly spec: QuerySpec;
  readonly format: ExportFormat;
  /** In this order; empty: all there are. */
  readonly columns: readonly string[];
  /** Of the rows that match, these uids alone, or all but these. */
  readonly only: ReadonlySet<string> | null;
  readonly except: ReadonlySet<string>;
}

export const EXPORT_FORMATS = ['csv', 'json', 'tsv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const KEYS: readonly string[] = ['spec', 'format', 'columns', 'only', 'except'];

/** GET /api/clusters/CLUSTER/export?format=&columns=&only=&except=&spec= from the raw address, whose length is bounded. */
export function parseExportQuestion(path: string, query: string): ExportQuestion | Refusal {
  const bad = (message: string): Refusal => ({ status: 400, reason: 'BadRequest', message });
  const cluster = /^\/api\/clusters\/([a-z0-9-]{1,80})\/export$/.exec(path)?.[1];
  if (cluster === undefined) return bad('The name of the cluster is malformed.');
  const given = new URLSearchParams(query);
  const keys = [...given.keys()];
  if (new Set(keys).size !== keys.length) return bad('A query parameter is given twice.');
  if (keys.some((key) => !KEYS.includes(key))) return bad(`An export has ${KEYS.join(', ')}.`);
  const format = EXPORT_FORMATS.find((known) => known === given.get('format'));
  if (format === undefined) return bad(`An export is one of ${EXPORT_FORMATS.join(', ')}.`);
  const spec = parseSpec(jsonOf(given.get('spec') ?? ''));
  if (spec === null) return bad('The question is malformed.');
  if (spec.cluster !== cluster || spec.kinds.length !== 1)
    return bad('An export asks for one kind of the cluster in its address.');
  return {
    ...{ spec: { ...spec, window: { offset: 0, limit: 0 } }, format },
    columns: wordsOf(given.get('columns')),
    only: given.has('only') ? new Set(wordsOf(given.get('only'))) : null,
    except: new Set(wordsOf(given.get('except'))),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const wordsOf = (text: string | null): readonly string[] =>
  (text ?? '').split(',').filter((word) => word !== '');
