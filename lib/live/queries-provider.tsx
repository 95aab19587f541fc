'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useQueriesSlot } from './live-provider.tsx';

/**
 * Around what asks one-off GETs and writes: a page, or a part that is loaded on demand. There is one query client a tab
 * wherever this stands; a first table, which asks neither, does without its code.
 */
export function QueriesProvider(props: { readonly children: ReactNode }) {
  const slot = useQueriesSlot();
  const [client] = useState(() => {
    slot.client ??= createQueryClient();
    return slot.client;
  });
  return <QueryClientProvider client={client}>{props.children}</QueryClientProvider>;
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
