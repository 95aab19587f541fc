'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { createBrowserLiveClient, createBrowserTicker } from './client/browser-live-client.ts';
import type { LiveClient, Snapshot } from './live-client.ts';

interface Live {
  readonly client: LiveClient;
  readonly ticker: Snapshot<number>;
}

const LiveContext = createContext<Live | null>(null);

/**
 * Once, around everything (app/layout.tsx): the socket of this tab, its ticker, and the query client of one-off GETs
 * and writes. Nothing is dialled before a hook subscribes, so it renders on the server too.
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
  }));
  const [queryClient] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queryClient}>
      <LiveContext value={live}>{props.children}</LiveContext>
    </QueryClientProvider>
  );
}

export function useLiveClient(): LiveClient {
  return useLive().client;
}

export function useTicker(): Snapshot<number> {
  return useLive().ticker;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('a live hook was used outside LiveProvider');
  return live;
}

/** A failed read is shown with its reason and a way to try again; nothing is retried behind the viewer's back. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false },
      mutations: { retry: false },
    },
  });
}
