import type { ApiError } from '#lib/resources/api-error.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Clock } from '../client/clock.ts';
import { apiError } from '../client/errors.ts';
import type { KubernetesClient } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import type { Log } from '../client/log.ts';
import { silentLog } from '../client/log.ts';
import { plainText } from '../client/plain-text.ts';
import { backOffMs } from './back-off.ts';
import type { Discovery, DiscoverySnapshot } from './discovery.ts';
import { createDiscoveryWatches, POLL_MS } from './discovery-watches.ts';
import { createPendingChanges } from './pending-changes.ts';
import { readDiscovery, readVersion } from './read-discovery.ts';
import { byGroupAndResource } from './resource-types.ts';
import type { Served } from './served.ts';
import { createTimer } from './timer.ts';

export interface DiscoveryParts {
  readonly client: Pick<KubernetesClient, 'request' | 'listWatch' | 'cluster'>;
  readonly clock: Clock;
  /** [0, 1) */
  readonly random: () => number;
  readonly log?: Log;
}

/** Discovery that reads again when told by its two watches; see the contract in discovery.ts. */
export function createDiscovery(parts: DiscoveryParts): Discovery {
  const listeners = new Set<(snapshot: DiscoverySnapshot) => void>();
  let present: DiscoverySnapshot = {
    connection: { state: 'connecting', read: 0, total: 0 },
    types: [],
    missingGroups: [],
    version: '',
  };
  let run: Run | null = null;

  function publish(next: DiscoverySnapshot): void {
    present = next;
    for (const listener of [...listeners]) listener(next);
  }

  return {
    snapshot: () => present,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      run ??= createRun(parts, () => present, publish);
    },
    retry: () => run?.retry(),
    stop() {
      run?.stop();
      run = null;
    },
  };
}

interface Run {
  retry(): void;
  stop(): void;
}

/** First reading after an event: several events of one `kubectl apply` are answered by one. */
const DEBOUNCE_MS = 100;
/** A slow API server is not asked more than a fifth of the time. */
const MAX_DEBOUNCE_MS = 2_000;

/** From start to stop: one timer for the next reading, at most one reading at a time, up to two watches. */
function createRun(
  parts: DiscoveryParts,
  snapshot: () => DiscoverySnapshot,
  publish: (next: DiscoverySnapshot) => void,
): Run {
  const { client, clock, random, log = silentLog } = parts;
  const stopped = new AbortController();
  const pending = createPendingChanges();
  const timer = createTimer(clock, () => void read());
  let failures = 0;
  let readingMs = 0;
  let isReading = false;

  const debounceMs = () => Math.min(MAX_DEBOUNCE_MS, Math.max(DEBOUNCE_MS, 5 * readingMs));
  const watches = createDiscoveryWatches({
    ...parts,
    signal: stopped.signal,
    pending,
    onChange: () => timer.soon(debounceMs()),
    onListed: () => timer.soon(0),
    onEnded: () => timer.soon(POLL_MS),
    // While readings fail, their own back-off says when the next one is.
    onLoss: () => failures === 0 && timer.soon(0),
  });

  async function read(): Promise<void> {
    if (isReading) return timer.soon(DEBOUNCE_MS);
    isReading = true;
    const startMs = clock.nowMs();
    try {
      const served = await readAll(client, stopped.signal);
      if (stopped.signal.aborted) return;
      if (failures > 0) watches.wake();
      failures = 0;
      readingMs = clock.nowMs() - startMs;
      publish(withServed(snapshot(), served, clock.nowMs()));
      const awaitedMs = pending.settle(served);
      if (awaitedMs !== null) timer.soon(Math.max(awaitedMs, debounceMs()));
      if (served.missingGroups.length > 0) timer.soon(POLL_MS);
      watches.ensure();
    } catch (failure) {
      if (!stopped.signal.aborted) failed(errorOf(failure));
    } finally {
      isReading = false;
    }
  }

  function failed(error: ApiError): void {
    failures++;
    const delayMs = backOffMs(failures, random, error);
    const retryMs = clock.nowMs() + delayMs;
    log.warn({ cluster: client.cluster.id, reason: error.reason, why: error.message }, 'discovery failed');
    timer.soon(delayMs);
    publish({ ...snapshot(), connection: lost(snapshot().connection, error, retryMs) });
  }

  watches.ensure();
  return {
    retry() {
      timer.soon(0);
      watches.wake();
    },
    stop() {
      stopped.abort();
      timer.cancel();
    },
  };
}

async function readAll(
  client: DiscoveryParts['client'],
  signal: AbortSignal,
): Promise<Served & { readonly version: string }> {
  const [served, version] = await Promise.all([readDiscovery(client, signal), readVersion(client, signal)]);
  return { ...served, version };
}

function withServed(
  before: DiscoverySnapshot,
  served: Served & { readonly version: string },
  nowMs: number,
): DiscoverySnapshot {
  return {
    connection: { state: 'live', confirmedMs: nowMs },
    types: withMissing(before.types, served),
    missingGroups: served.missingGroups,
    version: served.version || before.version,
  };
}

/** A group that cannot be described now keeps what was known of it: its objects may still be there. */
function withMissing(before: readonly ResourceType[], served: Served): readonly ResourceType[] {
  const gone = served.missingGroups.filter((group) => !served.types.some((type) => type.group === group));
  const kept = before.filter((type) => gone.includes(type.group));
  return kept.length === 0 ? served.types : [...served.types, ...kept].sort(byGroupAndResource);
}

function lost(from: ConnectionState, error: ApiError, retryMs: number): ConnectionState {
  if (from.state === 'live') return { state: 'stale', sinceMs: from.confirmedMs, retryMs, error };
  if (from.state === 'stale') return { ...from, retryMs, error };
  return { state: 'failed', error, retryMs };
}

function errorOf(failure: unknown): ApiError {
  if (failure instanceof ApiException) return failure.error;
  return apiError({
    reason: 'InvalidAnswer',
    message: `Discovery failed: ${plainText(String(failure), 200)}`,
  });
}
