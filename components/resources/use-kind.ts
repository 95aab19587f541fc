'use client';
import { useMemo } from 'react';
import type { LiveCluster } from '#lib/live/live-client.ts';
import { useLiveCluster } from '#lib/live/use-live-cluster.ts';
import type { Retry } from '#lib/live/use-subscription.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { familyLabel } from './families.ts';
import { kindPlural, kindWords } from './kind-label.ts';

/** A kind as this cluster serves it. */
export interface Kind {
  readonly cluster: LiveCluster & Retry;
  /** undefined while discovery has not been heard, and when the kind is not served (or may not be listed). */
  readonly type: ResourceType | undefined;
  /** Discovery was heard, and the kind is not in it. */
  readonly isMissing: boolean;
  /** 'Pods' and, in running text, 'pods'. */
  readonly title: string;
  readonly words: string;
  /** 'pod' */
  readonly one: string;
  /** 'Workloads', or ''. */
  readonly family: string;
  readonly isNamespaced: boolean;
}

export function useKind(clusterId: string, resource: ResourceName): Kind {
  const cluster = useLiveCluster(clusterId);
  const { types } = cluster;
  return useMemo(() => {
    const type = types?.find((candidate) => resourceName(candidate) === resource);
    const plural = resource.split('.')[0] ?? resource;
    const named = type ?? { kind: definitionOf(resource)?.kind ?? plural, resource: plural };
    return {
      cluster,
      type,
      isMissing: types !== null && type === undefined,
      title: kindPlural(named),
      words: kindWords(named),
      one: /^[A-Z][a-z]+$/.test(named.kind) ? named.kind.toLowerCase() : named.kind,
      family: types === null ? '' : familyLabel(types, resource),
      isNamespaced:
        type === undefined ? definitionOf(resource)?.name !== 'nodes' : type.scope === 'Namespaced',
    };
  }, [cluster, types, resource]);
}
