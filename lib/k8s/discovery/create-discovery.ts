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
import type { DiscoveryWatches } from './discovery-watches.ts';
import { createDiscoveryWatches, POLL_MS } from './discovery-watches.ts';
import { createPendingChanges } from './pending-changes.ts';
import { readDiscovery, readVersion } from './read-discovery.ts';
import { byGroupAndResource } from './resource-types.ts';
import type { Served } from './served.ts';
import type { Timer } from './timer.ts';
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
  let run: DiscoveryRun | null = null;

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
      run ??= new DiscoveryRun(parts, () => present, publish);
    },
    retry: () => run?.retry(),
    stop() {
      run?.stop();
      run = null;
    },
  };
}

/** First reading after an event: several events of one `kubectl apply` are answered by one. */
const DEBOUNCE_MS = 100;
/** A slow API server is not asked more than a fifth of the time. */
const MAX_DEBOUNCE_MS = 2_000;

/** From start to stop: one timer for the next reading, at most one reading at a time, up to two watches. */
class DiscoveryRun {
  readonly #parts: DiscoveryParts;
  readonly #stopped = new AbortController();
  readonly #pending = createPendingChanges();
  readonly #timer: Timer;
  readonly #watches: DiscoveryWatches;
  readonly #snapshot: () => DiscoverySnapshot;
  readonly #publish: (next: DiscoverySnapshot) => void;
  #failures = 0;
  #readingMs = 0;
  #isReading = false;

  constructor(
    parts: DiscoveryParts,
    snapshot: () => DiscoverySnapshot,
    publish: (next: DiscoverySnapshot) => void,
  ) {
    this.#parts = parts;
    this.#snapshot = snapshot;
    this.#publish = publish;
    this.#timer = createTimer(parts.clock, () => void this.#read());
    this.#watches = createDiscoveryWatches({
      ...parts,
      signal: this.#stopped.signal,
      pending: this.#pending,
      onChange: () => this.#timer.soon(this.#debounceMs()),
      onListed: () => this.#timer.soon(0),
      onEnded: () => this.#timer.soon(POLL_MS),
      // While readings fail, their own back-off says when the next one is.
      onLoss: () => this.#failures === 0 && this.#timer.soon(0),
    });
    this.#watches.ensure();
  }

  retry(): void {
    this.#timer.soon(0);
    this.#watches.wake();
  }

  stop(): void {
    this.#stopped.abort();
    this.#timer.cancel();
  }

  #debounceMs(): number {
    return Math.min(MAX_DEBOUNCE_MS, Math.max(DEBOUNCE_MS, 5 * this.#readingMs));
  }

  async #read(): Promise<void> {
    if (this.#isReading) return this.#timer.soon(DEBOUNCE_MS);
    this.#isReading = true;
    const { clock, client } = this.#parts;
    const startMs = clock.nowMs();
    try {
      const served = await readAll(client, this.#stopped.signal);
      this.#readingMs = clock.nowMs() - startMs;
      if (!this.#stopped.signal.aborted) this.#succeeded(served);
    } catch (failure) {
      if (!this.#stopped.signal.aborted) this.#failed(errorOf(failure));
    } finally {
      this.#isReading = false;
    }
  }

  #succeeded(served: Served & { readonly version: string }): void {
    if (this.#failures > 0) this.#watches.wake();
    this.#failures = 0;
    const awaitedMs = this.#pending.settle(served);
    if (awaitedMs !== null) this.#timer.soon(Math.max(awaitedMs, this.#debounceMs()));
    if (served.missingGroups.length > 0) this.#timer.soon(POLL_MS);
    this.#watches.ensure();
    this.#publish(withServed(this.#snapshot(), served, this.#parts.clock.nowMs()));
  }

  #failed(error: ApiError): void {
    const { clock, client, random, log = silentLog } = this.#parts;
    this.#failures++;
    const delayMs = backOffMs(this.#failures, random, error);
    const retryMs = clock.nowMs() + delayMs;
    log.warn({ cluster: client.cluster.id, reason: error.reason, why: error.message }, 'discovery failed');
    this.#timer.soon(delayMs);
    this.#publish({ ...this.#snapshot(), connection: lost(this.#snapshot().connection, error, retryMs) });
  }
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
