import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Clock } from '../client/clock.ts';
import { apiError, invalidAnswer } from '../client/errors.ts';
import { errorOfStatus } from '../client/failed-answer.ts';
import type { KubernetesClient } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import { resourcePath } from '../client/resource-path.ts';
import { backOffMs } from './back-off.ts';
import { fieldsOf, textOf } from './json.ts';

/**
 * A watch that tells only which objects of a type changed: enough to know when to read discovery again. It begins
 * with the collection's resourceVersion (a LIST of one), resumes after an end or a loss, and lists again after 410.
 */
export interface ChangeWatchOptions {
  readonly client: Pick<KubernetesClient, 'request' | 'listWatch'>;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** After each LIST: what changed before it is not told. */
  readonly onListed: () => void;
  readonly onChange: (change: Change) => void;
  readonly onLoss: () => void;
  /** The back-off between tries: it may end early, and does with the signal. */
  readonly pause: (delayMs: number) => Promise<void>;
}

export interface Change {
  readonly name: string;
  readonly isDeleted: boolean;
}

const TIMEOUT_SECONDS = 30;
/** The server ends a watch itself after 30 s: one that lives longer is dead and does not know. */
const DEAD_AFTER_MS = 35_000;
const SHORTEST_MS = 1_000;
/** A watch that lived this long was a success: its loss backs off from the start. */
const SOUND_MS = 5_000;
const LIST_TIMEOUT_MS = 10_000;
const MAX_LINE = 8 * 1024 * 1024;
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Runs until the signal; resolves early when this identity may not watch the type or it is not served. */
export async function watchChanges(options: ChangeWatchOptions): Promise<void> {
  const { random, signal } = options;
  let resourceVersion = '';
  let failures = 0;
  while (!signal.aborted) {
    let openedMs = Number.POSITIVE_INFINITY;
    try {
      if (resourceVersion === '') {
        resourceVersion = await listVersion(options);
        options.onListed();
      }
      const startMs = options.clock.nowMs();
      resourceVersion = await watchOnce(options, resourceVersion, () => {
        openedMs = options.clock.nowMs();
      });
      failures = 0;
      // A server that ends every watch at once must not be asked in a circle.
      if (options.clock.nowMs() - startMs < SHORTEST_MS) await options.pause(backOffMs(1, random));
    } catch (failure) {
      if (signal.aborted) return;
      const error = failure instanceof ApiException ? failure.error : invalidAnswer(String(failure)).error;
      if ([403, 404, 405].includes(error.code)) return;
      if (error.code === 410) resourceVersion = '';
      // That a watch was opened proves little: a history that always expires must not be asked for every second.
      failures = options.clock.nowMs() - openedMs >= SOUND_MS ? 1 : failures + 1;
      options.onLoss();
      await options.pause(backOffMs(failures, random, error));
    }
  }
}

async function listVersion({ client, type, signal }: ChangeWatchOptions): Promise<string> {
  const answer = await client.request({
    method: 'GET',
    path: resourcePath(type),
    query: { limit: '1' },
    accept: METADATA_LIST,
    timeoutMs: LIST_TIMEOUT_MS,
    signal,
  });
  const version = textOf(fieldsOf(fieldsOf(answer.json()).metadata).resourceVersion);
  if (version === '') throw invalidAnswer(`The list of ${type.resource} has no resourceVersion`);
  return version;
}

/** Until its end; gives the resourceVersion to go on from. */
async function watchOnce(options: ChangeWatchOptions, from: string, opened: () => void): Promise<string> {
  const { client, clock, signal } = options;
  const own = new AbortController();
  const stop = () => own.abort();
  const cancel = clock.after(DEAD_AFTER_MS, stop);
  signal.addEventListener('abort', stop, { once: true });
  let version = from;
  try {
    const chunks = client.listWatch(options.type, '').watch({
      accept: METADATA,
      resourceVersion: from,
      timeoutSeconds: TIMEOUT_SECONDS,
      signal: own.signal,
      opened,
    });
    for await (const line of lines(chunks)) {
      version = take(line, options) || version;
    }
    return version;
  } catch (failure) {
    if (!own.signal.aborted || signal.aborted) throw failure;
    throw new ApiException(apiError({ reason: 'Unreachable', message: 'The watch ended without a word' }));
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

/** Tells one event; gives its resourceVersion. */
function take(line: string, options: ChangeWatchOptions): string {
  const event = fieldsOf(parsed(line));
  if (event.type === 'ERROR') {
    const error = errorOfStatus(event.object) ?? invalidAnswer('The watch ended with an error').error;
    throw new ApiException(error);
  }
  const metadata = fieldsOf(fieldsOf(event.object).metadata);
  if (event.type !== 'BOOKMARK') {
    options.onChange({ name: textOf(metadata.name), isDeleted: event.type === 'DELETED' });
  }
  return textOf(metadata.resourceVersion);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw invalidAnswer('The watch sent a line that is not JSON');
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let tail = '';
  for await (const chunk of chunks) {
    const parts = (tail + decoder.decode(chunk, { stream: true })).split('\n');
    tail = parts.pop() ?? '';
    if (tail.length > MAX_LINE) throw invalidAnswer('The watch sent a line without an end');
    for (const line of parts) if (line !== '') yield line;
  }
}
