import type { ApiError } from '#lib/resources/api-error.ts';
import type { Clock } from './clock.ts';
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

/**
 * Heartbeat over the client's probe lane. Alive is any answer of the API server below 500, a 401 or 403 included. A
 * beat starts about 2 s after the last one began, or at once when that one took longer: never two at a time.
 */
export function createHeartbeat(parts: {
  readonly client: Pick<KubernetesClient, 'request'>;
  readonly clock: Clock;
}): Heartbeat {
  const { client, clock } = parts;
  const listeners = new Set<(snapshot: HeartbeatSnapshot) => void>();
  const offset = createClockOffset();
  let present: HeartbeatSnapshot = { confirmedMs: -1, latencyMs: 0, clusterOffsetMs: null };
  let holders = 0;
  let path = 0;
  let run: AbortController | null = null;
  let cancelNext = () => {};

  function publish(next: HeartbeatSnapshot): void {
    present = next;
    for (const listener of [...listeners]) listener(next);
  }

  async function probe(signal: AbortSignal): Promise<void> {
    const sentMs = clock.nowMs();
    const confirmed = (dateMs: number) => {
      const nowMs = clock.nowMs();
      offset.add(dateMs, sentMs, nowMs);
      publish({ confirmedMs: nowMs, latencyMs: nowMs - sentMs, clusterOffsetMs: offset.estimateMs() });
    };
    try {
      const answer = await client.request({
        method: 'GET',
        path: PATHS[path] ?? PATHS[0],
        accept: '*/*',
        lane: 'probe',
        timeoutMs: PROBE_TIMEOUT_MS,
        signal,
      });
      if (!signal.aborted) confirmed(answer.dateMs);
    } catch (failure) {
      if (signal.aborted) return;
      const error = errorOf(failure);
      if (isAlive(error)) {
        path = (path + 1) % PATHS.length;
        confirmed(Number.NaN);
      } else publish({ ...present, error });
    }
  }

  function beat(signal: AbortSignal): void {
    const startMs = clock.nowMs();
    probe(signal).then(
      () => {
        if (signal.aborted) return;
        cancelNext = clock.after(Math.max(0, startMs + BEAT_EVERY_MS - clock.nowMs()), () => beat(signal));
      },
      (failure: unknown) => {
        throw failure; // a listener threw: a fault of ours, for the process to tell
      },
    );
  }

  function halt(): void {
    run?.abort();
    run = null;
    cancelNext();
  }

  return {
    snapshot: () => present,
    onBeat(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    acquire() {
      let isHeld = true;
      holders++;
      if (run === null) {
        run = new AbortController();
        beat(run.signal);
      }
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders--;
        if (holders === 0) halt();
      };
    },
    stop: halt,
  };
}

function isAlive(error: ApiError): boolean {
  return error.code > 0 && error.code < 500 && error.reason !== 'InvalidAnswer';
}

function errorOf(failure: unknown): ApiError {
  if (failure instanceof ApiException) return failure.error;
  return apiError({
    reason: 'Unreachable',
    message: failure instanceof Error ? failure.message : 'No answer',
  });
}
