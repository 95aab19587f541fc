import type { Dispatcher } from 'undici';
import type { ApiError } from '#lib/resources/api-error.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { header, kubernetesAnswer, MAX_BODY_BYTES, mediaType, readBody, readErrorBody } from './answer.ts';
import type { Transport } from './api-list-watch.ts';
import { createListWatch } from './api-list-watch.ts';
import type { Clock } from './clock.ts';
import { errorOfFailure, isReset } from './connection-error.ts';
import type { CredentialSource, Credentials, Endpoint } from './credentials.ts';
import { aborted, apiError } from './errors.ts';
import { errorOfAnswer } from './failed-answer.ts';
import type {
  ClusterIdentity,
  KubernetesAnswer,
  KubernetesClient,
  RequestOptions,
} from './kubernetes-client.ts';
import { ApiException } from './kubernetes-client.ts';
import type { Lanes } from './lanes.ts';
import { createLanes } from './lanes.ts';
import type { ListWatch } from './list-watch.ts';
import type { Log } from './log.ts';
import { requestTarget } from './request-target.ts';

/**
 * KubernetesClient over pooled undici connections. The one place that adds credentials and the one that turns
 * failures into ApiException. A GET that finds its kept-alive connection closed is sent once more; a 401 once more
 * when there are other credentials to try. Nothing else is repeated.
 */
export interface ClientParts {
  readonly cluster: ClusterIdentity;
  readonly endpoint: Endpoint;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Told of faults of our own, which callers only hear of as InternalError. */
  readonly log: Log;
}

/** An answer whose body still flows. */
export interface OpenAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Call extends RequestOptions {
  readonly stream?: boolean;
}

const TIMEOUT_MS = 30_000;

export function createApiClient(parts: ClientParts): KubernetesClient {
  return new ApiClient(parts);
}

class ApiClient implements KubernetesClient, Transport {
  readonly cluster: ClusterIdentity;
  readonly #parts: ClientParts;
  readonly #lanes: Lanes;
  readonly #running = new Set<AbortController>();
  #isClosed = false;

  constructor(parts: ClientParts) {
    this.cluster = parts.cluster;
    this.#parts = parts;
    this.#lanes = createLanes(parts.endpoint);
  }

  async request(options: RequestOptions): Promise<KubernetesAnswer> {
    const guard = this.#enter(options);
    try {
      const answer = await send(this.#parts, this.#lanes, options, guard);
      return kubernetesAnswer(answer.status, answer.headers, await readBody(answer.body, MAX_BODY_BYTES));
    } catch (failure) {
      throw guard.failure ?? wordsFor(failure, this.#parts, options);
    } finally {
      this.#leave(guard);
    }
  }

  /** Chunks of a stream: the deadline holds until the headers are there, then only the signal does. */
  async *stream(options: RequestOptions, opened: () => void): AsyncGenerator<Uint8Array, void> {
    const call = { ...options, stream: true };
    const guard = this.#enter(call);
    try {
      const answer = await send(this.#parts, this.#lanes, call, guard);
      // Of a sign-in page nothing is confirmed: its first line would end the watch only after it was called open.
      if (mediaType(answer.headers) === 'text/html') {
        kubernetesAnswer(answer.status, answer.headers, await readErrorBody(answer.body));
      }
      guard.settled();
      opened();
      yield* answer.body;
    } catch (failure) {
      throw guard.failure ?? wordsFor(failure, this.#parts, call);
    } finally {
      this.#leave(guard);
    }
  }

  listWatch(type: ResourceType, namespace: string): ListWatch {
    return createListWatch(this, type, namespace);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const controller of this.#running) controller.abort(closedError(this.cluster));
    await this.#lanes.close();
  }

  /** A deadline, the caller's signal and the client's life in one signal. */
  #enter(call: Call): Guard {
    if (this.#isClosed) throw closedError(this.cluster);
    const guard = createGuard(call, this.#parts.clock);
    this.#running.add(guard.controller);
    return guard;
  }

  #leave(guard: Guard): void {
    guard.end();
    this.#running.delete(guard.controller);
  }
}

interface Guard {
  readonly controller: AbortController;
  /** Why the request was cut off by us; undefined while it was not. */
  readonly failure: unknown;
  /** Whom a timeout blames. */
  waitsFor: 'credentials' | 'answer';
  /** Ends the deadline, not the signal. */
  settled(): void;
  end(): void;
}

function createGuard(call: Call, clock: Clock): Guard {
  const controller = new AbortController();
  const timeoutMs = call.timeoutMs ?? TIMEOUT_MS;
  const giveUp = () => controller.abort(aborted());
  const cancel = clock.after(timeoutMs, () => controller.abort(timeoutError(timeoutMs, guard, call)));
  if (call.signal?.aborted) giveUp();
  else call.signal?.addEventListener('abort', giveUp, { once: true });
  const guard: Guard = {
    controller,
    waitsFor: 'answer',
    get failure() {
      return controller.signal.aborted ? controller.signal.reason : undefined;
    },
    settled: cancel,
    end() {
      cancel();
      call.signal?.removeEventListener('abort', giveUp);
    },
  };
  return guard;
}

/** One request with its repeats; answers only statuses 200–299, everything else throws. */
async function send(parts: ClientParts, lanes: Lanes, call: Call, guard: Guard): Promise<OpenAnswer> {
  const { signal } = guard.controller;
  const path = requestTarget(parts.endpoint.basePath, call.path, call.query);
  let credentials = await awaited(parts.credentials.current(), guard);
  let mayRenew = true;
  let mayRepeat = call.method === 'GET';
  for (;;) {
    const dispatcher = lanes.dispatcher(
      call.stream === true ? 'stream' : (call.lane ?? 'default'),
      credentials.tls,
    );
    let answer: Dispatcher.ResponseData;
    try {
      answer = await dispatcher.request({
        origin: parts.endpoint.origin,
        path,
        method: call.method,
        headers: headersOf(call, credentials, parts.userAgent),
        body: call.body ?? null,
        signal,
      });
    } catch (failure) {
      if (signal.aborted || !mayRepeat || !isReset(failure)) throw failure;
      mayRepeat = false;
      continue;
    }
    // A body that is destroyed emits 'error' even when nobody reads it; its readers hear of it by themselves.
    answer.body.on('error', () => {});
    if (answer.statusCode >= 200 && answer.statusCode < 300) {
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    }
    const error = await answerError(answer, call, parts, credentials);
    if (answer.statusCode !== 401 || !mayRenew) throw new ApiException(error);
    mayRenew = false;
    if (!(await awaited(parts.credentials.renew(credentials), guard))) throw new ApiException(error);
    credentials = await awaited(parts.credentials.current(), guard);
  }
}

function headersOf(
  call: Call,
  credentials: Credentials,
  userAgent: string,
): Record<string, string | string[]> {
  return {
    Accept: call.accept ?? 'application/json',
    'User-Agent': userAgent,
    ...(call.contentType !== undefined && { 'Content-Type': call.contentType }),
    ...credentials.headers,
  };
}

async function answerError(
  answer: Dispatcher.ResponseData,
  call: Call,
  parts: ClientParts,
  credentials: Credentials,
): Promise<ApiError> {
  const error = errorOfAnswer({
    status: answer.statusCode,
    contentType: mediaType(answer.headers),
    body: await readErrorBody(answer.body),
    retryAfter: header(answer.headers, 'retry-after'),
    auditId: header(answer.headers, 'audit-id'),
    requestId: call.requestId,
  });
  return error.reason === 'Unauthorized'
    ? { ...error, message: unauthorizedWords(parts, credentials, error.message) }
    : error;
}

/** kube-apiserver says no more than "Unauthorized". */
function unauthorizedWords(parts: ClientParts, credentials: Credentials, said: string): string {
  const user = `The API server does not accept the credentials of user “${parts.cluster.user}”`;
  const more = said === '' || said === 'Unauthorized' ? '' : ` (${said})`;
  if (credentials.origin === '') return `${user}: the kubeconfig gives it none${more}`;
  if (credentials.endsMs < parts.clock.wallMs()) {
    return `${user}: ${credentials.origin} expired on ${new Date(credentials.endsMs).toISOString()}${more}`;
  }
  return `${user}: ${credentials.origin} has expired, was revoked or is for another cluster${more}`;
}

/** Credentials are shared by requests, so they cannot take a signal: the wait for them ends instead. */
async function awaited<T>(work: Promise<T>, guard: Guard): Promise<T> {
  const { signal } = guard.controller;
  const { promise: cutOff, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  guard.waitsFor = 'credentials';
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, cutOff]);
  } finally {
    guard.waitsFor = 'answer';
    signal.removeEventListener('abort', stop);
  }
}

function wordsFor(failure: unknown, { cluster, endpoint, log }: ClientParts, call: Call): unknown {
  if (failure instanceof ApiException) return failure;
  const error = errorOfFailure(failure, endpoint.server);
  if (error.reason === 'InternalError') {
    const stack = failure instanceof Error ? failure.stack : String(failure);
    log.warn(
      { cluster: cluster.id, method: call.method, path: call.path, stack },
      'a request failed by our fault',
    );
  }
  const id = call.requestId === undefined ? {} : { requestId: call.requestId };
  return new ApiException({ ...error, ...id }, { cause: failure });
}

function timeoutError(timeoutMs: number, guard: Guard, { requestId }: Call): ApiException {
  const what = guard.waitsFor === 'answer' ? 'The API server' : 'The exec plugin of the kubeconfig';
  const message = `${what} did not answer within ${Math.round(timeoutMs / 100) / 10} s`;
  return new ApiException(
    apiError({ reason: 'Unreachable', message, ...(requestId !== undefined && { requestId }) }),
  );
}

function closedError(cluster: ClusterIdentity): ApiException {
  return new ApiException(
    apiError({
      reason: 'Unreachable',
      message: `The connection to ${cluster.context} was closed by the console`,
    }),
  );
}
