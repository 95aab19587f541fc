'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
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
  return answerOf(useQuery(questionOf(cluster, right)));
}

/** The same of several rights together, each with the namespace it was asked for. */
export function useAccesses(
  cluster: string,
  rights: readonly Right[],
): readonly (AccessAnswer & { readonly namespace: string })[] {
  const queries = useQueries({ queries: rights.map((right) => questionOf(cluster, right)) });
  return rights.map((right, at) => ({
    namespace: right.namespace,
    ...answerOf(queries[at] ?? { data: null, error: null }),
  }));
}

function questionOf(cluster: string, right: Right | null) {
  return {
    queryKey: ['access', cluster, right],
    queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
      right === null ? null : askAccess(cluster, right, signal),
    enabled: right !== null,
    staleTime: 30_000,
  };
}

function answerOf(query: {
  readonly data?: { readonly allowed: boolean; readonly reason: string } | null | undefined;
  readonly error: Error | null;
}): AccessAnswer {
  if (query.data) return query.data;
  if (query.error !== null) return { allowed: false, reason: query.error.message };
  return { allowed: null, reason: '' };
}
