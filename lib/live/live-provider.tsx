'use client';

import type { QueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { createBrowserLiveClient, createBrowserTicker } from './client/browser-live-client.ts';
import type { LiveClient, Snapshot } from './live-client.ts';

interface Live {
  readonly client: LiveClient;
  readonly ticker: Snapshot<number>;
  readonly queries: QueriesSlot;
}

/** Where the tab's query client is kept once something needs one (queries-provider.tsx). */
export interface QueriesSlot {
  client: QueryClient | null;
}

const LiveContext = createContext<Live | null>(null);

/**
 * Once, around everything (app/layout.tsx): the socket of this tab and its ticker. Nothing is dialled before a hook
 * subscribes, so it renders on the server too.
 */
export function LiveProvider(props: {
  readonly children: ReactNode;
  /** For tests; the browser's own when absent. */
  readonly client?: LiveClient;
  readonly ticker?: Snapshot<number>;
}) {
  const [live] = useState<Live>(() => ({
    client: props.client ?? createBrowserLiveClient(),
    ticker: props.ticker ?? createBrowserTicker(),
    queries: { client: null },
  }));
  return <LiveContext value={live}>{props.children}</LiveContext>;
}

export function useLiveClient(): LiveClient {
  return useLive().client;
}

export function useTicker(): Snapshot<number> {
  return useLive().ticker;
}

export function useQueriesSlot(): QueriesSlot {
  return useLive().queries;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('a live hook was used outside LiveProvider');
  return live;
}
