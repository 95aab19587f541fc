import type { ApiError } from '#lib/resources/api-error.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { type ExportAsked, routes } from '#lib/routes.ts';
import { errorOf } from './write.ts';

export type ExportEnd =
  /** rows: those that came; a row that left meanwhile is not among them. */
  | { readonly outcome: 'done'; readonly blob: Blob; readonly rows: number; readonly name: string }
  | { readonly outcome: 'refused'; readonly error: ApiError }
  | { readonly outcome: 'cancelled' };

/** rows so far, of about `total`. */
export type OnProgress = (rows: number, total: number) => void;

/** As many uids as an address has room for. */
export const MOST_NAMED = 150;

/** All rows of a question, as they come. Never rejects; a file that breaks off is an error, not a shorter file. */
export async function exportRows(
  spec: QuerySpec,
  asked: ExportAsked,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<ExportEnd> {
  try {
    const answer = await fetch(routes.apiExport(spec, asked), { signal, cache: 'no-store' });
    if (!answer.ok || answer.body === null) {
      const json: unknown = await answer.json().catch(() => null);
      return { outcome: 'refused', error: errorOf(json, answer.status) };
    }
    const total = Number(answer.headers.get('x-strata-rows') ?? 0);
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'rows';
    const { parts, rows } = await readAll(answer.body, asked.format, (sofar) => onProgress(sofar, total));
    return { outcome: 'done', blob: new Blob(parts), rows, name };
  } catch (cause) {
    return signal.aborted ? { outcome: 'cancelled' } : { outcome: 'refused', error: brokenOff(cause) };
  }
}

/** What ends a row, and ends no row: in CSV the line of heads, in JSON the closing bracket's line and the end. */
const ENDS = { csv: [0x0d, 1], tsv: [0x0a, 0], json: [0x0a, 2] } as const;

async function readAll(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  format: ExportAsked['format'],
  told: (rows: number) => void,
) {
  const [end, others] = ENDS[format];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let ends = 0;
  const reader = body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    parts.push(chunk.value);
    for (const byte of chunk.value) if (byte === end) ends++;
    told(Math.max(0, ends - others));
  }
  return { parts, rows: Math.max(0, ends - others) };
}

function brokenOff(cause: unknown): ApiError {
  const why = cause instanceof Error ? cause.message : 'no answer';
  return {
    ...{ reason: 'Unreachable', code: 0, causes: [] },
    message: `The console broke off the answer (${why}). Nothing was kept`,
  };
}
