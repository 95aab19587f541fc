'use client';
import { useCallback, useMemo, useState } from 'react';
import { useAddress, useQuestion } from '#components/ui/address/address-provider.tsx';
import type { QuerySpec, Window } from '#lib/resources/query-spec.ts';
import type { ResourceName } from '#lib/resources/resource-type.ts';
import { routes, specOf } from '#lib/routes.ts';

/** The URL is the question; the window in view is the only part of it that no URL keeps. */
export interface ListSpec {
  readonly spec: QuerySpec;
  /** `replace` while something is being typed, so that Back does not walk letters. */
  readonly change: (part: Partial<QuerySpec>, how?: 'push' | 'replace') => void;
  readonly setWindow: (window: Window) => void;
}

const FIRST_WINDOW: Window = { offset: 0, limit: 100 };

export function useListSpec(cluster: string, resource: ResourceName): ListSpec {
  const search = useQuestion();
  const { go } = useAddress();
  const [window, setWindow] = useState(FIRST_WINDOW);
  const asked = useMemo(
    () => specOf(cluster, resource, new URLSearchParams(search)),
    [cluster, resource, search],
  );
  const spec = useMemo(() => ({ ...asked, window }), [asked, window]);
  const change = useCallback(
    (part: Partial<QuerySpec>, how?: 'push' | 'replace') => go(routes.list({ ...asked, ...part }), how),
    [asked, go],
  );
  const keep = useCallback(
    (next: Window) =>
      setWindow((before) => (before.offset === next.offset && before.limit === next.limit ? before : next)),
    [],
  );
  return { spec, change, setWindow: keep };
}
