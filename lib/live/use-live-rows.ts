'use client';

import { useEffect, useMemo } from 'react';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { EMPTY_TABLE } from './client/empty.ts';
import type { LiveTable } from './live-client.ts';
import { useLiveClient } from './live-provider.tsx';
import { type Retry, useSubscription } from './use-subscription.ts';

/**
 * The rows a spec asks for, live. The spec may be a new object on every render. Another cluster, kind or relation is
 * another subscription (and an empty table until its first frame); any other change updates the one there is, and the
 * rows stay until the new ones are here. null asks for nothing. Typing should be debounced by the caller.
 */
export function useLiveRows(spec: QuerySpec | null): LiveTable & Retry {
  const client = useLiveClient();
  const identity = spec === null ? null : JSON.stringify([spec.cluster, spec.kinds, spec.related]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the identity makes a new subscription
  const rows = useMemo(() => (spec === null ? null : client.rows(spec)), [client, identity]);
  // Before the subscription's own effect, so that a spec that changed in between is the one first asked for.
  useEffect(() => {
    if (rows !== null && spec !== null) rows.update(spec);
  }, [rows, spec]);
  return useSubscription(rows, EMPTY_TABLE);
}
