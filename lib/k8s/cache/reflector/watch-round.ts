import { apiError, invalidAnswer } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { WatchEvent } from '#lib/k8s/codec/codec.ts';
import { deadline } from './deadline.ts';
import type { ReflectorOptions } from './reflector.ts';

/** The API server ends each watch after this time, and sends a bookmark shortly before. */
const WATCH_SECONDS = 30;
/**
 * So a watch without any sign of life for this long is dead, whatever the socket says. People are promised to see it
 * within 35 s of the last sign: the rest is for the frame and the drawing.
 */
export const SILENT_MS = 33_000;
/** A watch that ends sooner is no watch, whatever it sent: asking again at once would be a storm. */
const SHORT_MS = 1_000;

export interface WatchHandlers {
  /** The watch proved alive: headers, an event, a clean end. */
  readonly alive: () => void;
  /** Whole events of one chunk. What it throws ends the watch. */
  readonly take: (events: readonly WatchEvent[]) => void;
  /** Bytes and malformed events since the last call. */
  readonly count: (bytes: number, malformed: number) => void;
}

export class SilentWatch extends ApiException {
  constructor() {
    const message = `The watch gave no sign of life for ${SILENT_MS / 1_000} s`;
    super(apiError({ reason: 'Unreachable', message }));
    this.name = 'SilentWatch';
  }
}

/** Other columns than the rows have: they must be read again. */
export class ColumnsChanged extends Error {}

/**
 * One WATCH from a version to its clean end. Throws SilentWatch after 33 s without a sign of life, ColumnsChanged,
 * the ApiException of an ERROR event (from `take`) or of the transport, or AbortError.
 */
export async function followWatch(
  options: ReflectorOptions,
  resourceVersion: string,
  signal: AbortSignal,
  handlers: WatchHandlers,
): Promise<void> {
  const { clock } = options;
  const startedMs = clock.nowMs();
  const silence = deadline(clock, signal);
  silence.restart(SILENT_MS);
  const alive = (): void => {
    silence.restart(SILENT_MS);
    handlers.alive();
  };
  try {
    await readWatch(options, resourceVersion, silence.signal, {
      ...handlers,
      alive,
      bytes: () => silence.restart(SILENT_MS),
    });
    if (silence.isOver) throw new SilentWatch();
    signal.throwIfAborted();
    if (clock.nowMs() - startedMs < SHORT_MS) {
      throw invalidAnswer('The API server ended the watch at once');
    }
    alive();
  } catch (error) {
    throw silence.isOver ? new SilentWatch() : error;
  } finally {
    silence.end();
  }
}

async function readWatch(
  options: ReflectorOptions,
  resourceVersion: string,
  signal: AbortSignal,
  handlers: WatchHandlers & { readonly bytes: () => void },
): Promise<void> {
  const { listWatch, codec, sink, fieldSelector } = options;
  const decoder = codec.watchDecoder();
  let columns = decoder.tableColumns;
  const chunks = listWatch.watch({
    accept: codec.accept,
    resourceVersion,
    timeoutSeconds: WATCH_SECONDS,
    signal,
    opened: handlers.alive,
    ...(fieldSelector !== undefined && { fieldSelector }),
  });
  for await (const chunk of chunks) {
    const before = decoder.malformed;
    handlers.bytes();
    const events = decoder.push(chunk);
    handlers.count(chunk.length, decoder.malformed - before);
    if (decoder.tableColumns !== columns) {
      columns = decoder.tableColumns;
      if (columns !== null && !sink.hasColumns(columns)) throw new ColumnsChanged('other columns');
    }
    if (events.length === 0) continue;
    handlers.take(events);
    handlers.alive();
  }
}
