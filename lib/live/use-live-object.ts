'use client';

import { useMemo } from 'react';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { EMPTY_OBJECT } from './client/empty.ts';
import type { LiveObject } from './live-client.ts';
import { useLiveClient } from './live-provider.tsx';
import { type Retry, useSubscription } from './use-subscription.ts';

/** One full object, live; its last state stays after it is gone. null asks for nothing. */
export function useLiveObject(ref: ObjectReference | null): LiveObject & Retry {
  const client = useLiveClient();
  const { cluster = '', resource = '', namespace = '', name = '' } = ref ?? {};
  const object = useMemo(
    () => (name === '' ? null : client.object({ cluster, resource, namespace, name })),
    [client, cluster, resource, namespace, name],
  );
  return useSubscription(object, EMPTY_OBJECT);
}
