import type { Clock } from '#lib/k8s/client/clock.ts';
import type { MatchedRows, RowsSource } from '../../hub/rows-source.ts';
import type { ExportQuestion } from './export-question.ts';
import { createRowWriter } from './row-writer.ts';

const CHUNK_CHARS = 64 * 1024;
/** A reader that takes nothing for so long has gone. */
const IDLE_MS = 60_000;
const TYPES = { csv: 'text/csv', json: 'application/json', tsv: 'text/tab-separated-values' } as const;

export interface StreamParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called once, however it ends. Idempotent. */
  readonly close: () => void;
}

/**
 * Which rows, and their order, are those of this moment; what a row says is what it says when it is written, and one that
 * has left by then is left out. Memory: a key and a uid a row, and one chunk.
 */
export function streamRows(source: RowsSource, question: ExportQuestion, parts: StreamParts): Response {
  const rows = wantedRows(source.matches(), question);
  const chunks = chunksOf(rows, question);
  let cancelIdle = (): void => {};
  const end = () => {
    cancelIdle();
    parts.signal.removeEventListener('abort', end);
    parts.close();
  };
  parts.signal.addEventListener('abort', end);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      cancelIdle();
      // Whoever lost the right to see rows gets no more of them, and a file without an end says that it is none.
      if (parts.signal.aborted || source.connection().state === 'forbidden') {
        end();
        controller.error(new Error('the export was given up'));
        return;
      }
      const { value, done } = chunks.next();
      if (done === true) {
        end();
        controller.close();
        return;
      }
      controller.enqueue(encoder.encode(value));
      cancelIdle = parts.clock.after(IDLE_MS, () => {
        end();
        controller.error(new Error('nobody took the export'));
      });
    },
    cancel: end,
  });
  return new Response(body, { headers: headersOf(question, rows.keys.length) });
}

interface WantedRows extends MatchedRows {
  /** Of each key, as it is now: a key may be another row's later. */
  readonly uids: readonly string[];
}

function wantedRows({ store, keys }: MatchedRows, { only, except }: ExportQuestion): WantedRows {
  const uidOf = (key: number) => store.metadata(key).uid;
  const wanted =
    only === null && except.size === 0
      ? keys
      : keys.filter((key) => !except.has(uidOf(key)) && (only === null || only.has(uidOf(key))));
  return { store, keys: wanted, uids: Array.from(wanted, uidOf) };
}

function* chunksOf({ store, keys, uids }: WantedRows, question: ExportQuestion): Generator<string, void> {
  const writer = createRowWriter(store, question.columns, question.format);
  let chunk = writer.head;
  let isFirst = true;
  for (const [at, key] of keys.entries()) {
    if (!store.has(key) || store.metadata(key).uid !== uids[at]) continue;
    chunk += writer.row(key, isFirst);
    isFirst = false;
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = '';
  }
  chunk += writer.foot;
  if (chunk !== '') yield chunk;
}

function headersOf({ spec, format }: ExportQuestion, rows: number): Record<string, string> {
  const name = `${spec.kinds[0] ?? ''}-${spec.cluster}`.replaceAll(/[^a-z0-9.-]/gi, '-').slice(0, 120);
  return {
    'content-type': `${TYPES[format]}; charset=utf-8`,
    'content-disposition': `attachment; filename="${name}.${format}"`,
    'cache-control': 'no-store',
    'x-strata-rows': String(rows),
  };
}
