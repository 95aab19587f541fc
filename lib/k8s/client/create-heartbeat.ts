import type { ApiError } from '#lib/resources/api-error.ts';
import type { Clock } from './clock.ts';
import type { ClockOffset } from './clock-offset.ts';
import { createClockOffset } from './clock-offset.ts';
import { apiError } from './errors.ts';
import type { Heartbeat, HeartbeatSnapshot } from './heartbeat.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { ApiException } from './kubernetes-client.ts';

/**
 * Two seconds, less a little: beats that all fell on the same part of the API server's second would never tell more
 * of its clock than the first one (Date headers have no fractions).
 */
const BEAT_EVERY_MS = 1_930;
const PROBE_TIMEOUT_MS = 3_000;
/** Where somebody without rights may still hear the API server; the next one is tried when one is closed to us. */
const PATHS = ['/readyz', '/livez', '/version'] as const;

type Requester = Pick<KubernetesClient, 'request'>;

/**
 * Heartbeat over the client's probe lane. Alive is any answer of the API server below 500, a 401 or 403 included; a 401
 * is told all the same, so that what waits for good credentials can be woken when they are there. A
 * beat starts about 2 s after the last one began, or at once when that one took longer: never two at a time.
 */
export function createHeartbeat(parts: { readonly client: Requester; readonly clock: Clock }): Heartbeat {
  return new ProbingHeartbeat(parts.client, parts.clock);
}

class ProbingHeartbeat implements Heartbeat {
  readonly #client: Requester;
  readonly #clock: Clock;
  readonly #listeners = new Set<(snapshot: HeartbeatSnapshot) => void>();
  readonly #offset: ClockOffset = createClockOffset();
  #present: HeartbeatSnapshot = { confirmedMs: -1, latencyMs: 0, clusterOffsetMs: null };
  #holders = 0;
  #path = 0;
  #run: AbortController | null = null;
  #cancelNext = () => {};

  constructor(client: Requester, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  snapshot(): HeartbeatSnapshot {
    return this.#present;
  }

  onBeat(listener: (snapshot: HeartbeatSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  acquire(): () => void {
    let isHeld = true;
    this.#holders++;
    if (this.#run === null) {
      this.#run = new AbortController();
      void this.#beat(this.#run.signal);
    }
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders--;
      if (this.#holders === 0) this.stop();
    };
  }

  stop(): void {
    this.#run?.abort();
    this.#run = null;
    this.#cancelNext();
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const startMs = this.#clock.nowMs();
    try {
      await this.#probe(startMs, signal);
    } finally {
      // A listener that throws is reported as any other fault; the heart goes on.
      if (!signal.aborted) {
        const waitMs = Math.max(0, startMs + BEAT_EVERY_MS - this.#clock.nowMs());
        this.#cancelNext = this.#clock.after(waitMs, () => void this.#beat(signal));
      }
    }
  }

  async #probe(sentMs: number, signal: AbortSignal): Promise<void> {
    const asked = this.#client.request({
      method: 'GET',
      path: PATHS[this.#path] ?? PATHS[0],
      accept: '*/*',
      lane: 'probe',
      timeoutMs: PROBE_TIMEOUT_MS,
      signal,
    });
    const heard = await asked.then(({ dateMs }) => dateMs, errorOf);
    if (signal.aborted) return;
    if (typeof heard === 'number') return this.#confirm(sentMs, heard);
    if (!isAlive(heard)) return this.#publish({ ...this.#present, error: heard });
    this.#path = (this.#path + 1) % PATHS.length;
    this.#confirm(sentMs, Number.NaN, heard.code === 401 ? heard : undefined);
  }

  #confirm(sentMs: number, dateMs: number, error?: ApiError): void {
    const nowMs = this.#clock.nowMs();
    this.#offset.add(dateMs, sentMs, nowMs);
    const clusterOffsetMs = this.#offset.estimateMs();
    const confirmed = { confirmedMs: nowMs, latencyMs: nowMs - sentMs, clusterOffsetMs };
    this.#publish(error === undefined ? confirmed : { ...confirmed, error });
  }

  #publish(next: HeartbeatSnapshot): void {
    this.#present = next;
    for (const listener of [...this.#listeners]) listener(next);
  }
}

function isAlive(error: ApiError): boolean {
  return error.code > 0 && error.code < 500 && error.reason !== 'InvalidAnswer';
}

function errorOf(failure: unknown): ApiError {
  if (failure instanceof ApiException) return failure.error;
  return apiError({ reason: 'InternalError', message: 'The console failed to ask the API server' });
}
