'use client';

import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { LiveSubscription } from './live-client.ts';

export interface Retry {
  /** Try again now instead of waiting for the back-off. */
  readonly retry: () => void;
}

/** The present value of a subscription; `nothing` while there is none, and on the server. */
export function useSubscription<T extends object>(
  subscription: LiveSubscription<T> | null,
  nothing: T,
): T & Retry {
  const subscribe = useCallback(
    (listener: () => void) => {
      if (subscription === null) return () => {};
      const unsubscribe = subscription.subscribe(listener);
      return () => {
        unsubscribe();
        subscription.release();
      };
    },
    [subscription],
  );
  const value = useSyncExternalStore(
    subscribe,
    () => subscription?.get() ?? nothing,
    () => nothing,
  );
  return useMemo(() => ({ ...value, retry: () => subscription?.retry() }), [value, subscription]);
}
