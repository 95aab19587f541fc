'use client';

import { useQuery } from '@tanstack/react-query';
import type { Right } from './access-question.ts';
import { askAccess } from './access-question.ts';

export interface AccessAnswer {
  /** null while it is asked. */
  readonly allowed: boolean | null;
  /** The API server's words, or why it could not be asked; '' while asked. */
  readonly reason: string;
}

/** May this user do that? Asked of the API server, kept 30 s. A question that cannot be answered is a no. */
export function useAccess(cluster: string, right: Right | null): AccessAnswer {
  const query = useQuery({
    queryKey: ['access', cluster, right],
    queryFn: ({ signal }) => (right === null ? null : askAccess(cluster, right, signal)),
    enabled: right !== null,
    staleTime: 30_000,
  });
  if (query.data) return query.data;
  if (query.error !== null) return { allowed: false, reason: query.error.message };
  return { allowed: null, reason: '' };
}
