import type { MissingRight } from '#lib/resources/api-error.ts';
import type { Connection, ConnectionState } from '#lib/resources/connection.ts';

type StateOf<K extends ConnectionState['state']> = Extract<ConnectionState, { readonly state: K }>;

/**
 * One connection for a kind read namespace by namespace: the worst of those that may be read. It is forbidden only
 * when nothing may be read, and failed only when nothing was ever live; with rows of others to see, it is stale.
 */
export function mergeStates(states: readonly ConnectionState[]): ConnectionState {
  const of = <K extends ConnectionState['state']>(kind: K): StateOf<K>[] =>
    states.filter((state): state is StateOf<K> => state.state === kind);
  const [live, stale, failed] = [of('live'), of('stale'), of('failed')];
  if (failed.length > 0 && live.length + stale.length === 0) return failed[0]!;
  if (failed.length + stale.length > 0) return worstOfBroken(live, stale, failed);
  const connecting = of('connecting');
  if (connecting.length > 0) return sumOf(connecting);
  if (live.length > 0) return oldestOf(live);
  return of('gone')[0] ?? forbidden(of('forbidden'));
}

function worstOfBroken(
  live: readonly StateOf<'live'>[],
  stale: readonly StateOf<'stale'>[],
  failed: readonly StateOf<'failed'>[],
): ConnectionState {
  const sinceMs = Math.min(...stale.map((one) => one.sinceMs), ...live.map((one) => one.confirmedMs));
  const broken = [...stale, ...failed];
  const error = broken.find((one) => one.error !== undefined)?.error;
  return {
    state: 'stale',
    sinceMs,
    retryMs: Math.min(...broken.map((one) => one.retryMs)),
    ...(error !== undefined && { error }),
  };
}

function sumOf(connecting: readonly StateOf<'connecting'>[]): ConnectionState {
  const isTotalKnown = connecting.every((one) => one.total > 0);
  return {
    state: 'connecting',
    read: connecting.reduce((sum, one) => sum + one.read, 0),
    total: isTotalKnown ? connecting.reduce((sum, one) => sum + one.total, 0) : 0,
  };
}

function oldestOf(live: readonly StateOf<'live'>[]): ConnectionState {
  return live.reduce((oldest, one) => (one.confirmedMs < oldest.confirmedMs ? one : oldest));
}

function forbidden(denied: readonly StateOf<'forbidden'>[]): ConnectionState {
  const error = denied.find((one) => one.error !== undefined)?.error;
  return {
    state: 'forbidden',
    missing: denied.flatMap((one) => one.missing),
    ...(error !== undefined && { error }),
  };
}

/** `namespaces` of a kind that is not read cluster-wide. asked 0: nobody named namespaces, so the total is not known. */
export function withNamespaces(
  states: readonly ConnectionState[],
  missing: readonly MissingRight[],
  asked: number,
): Connection {
  const denied = states.filter((state) => state.state === 'forbidden');
  const all = [...missing, ...denied.flatMap((state) => state.missing)];
  const merged = mergeStates(states);
  return {
    ...(merged.state === 'forbidden' ? { ...merged, missing: all } : merged),
    namespaces: { readable: states.length - denied.length, total: asked, missing: all },
  };
}
