import type { Clock } from '#lib/k8s/client/clock.ts';
import type { ListWatch } from '#lib/k8s/client/list-watch.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import type { MissingRight } from '#lib/resources/api-error.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';

export interface InformerFactoryOptions {
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly listWatch: (type: ResourceType, namespace: string) => ListWatch;
  /** Null: the kind comes as the API server's Table. */
  readonly definitionOf: (type: ResourceType) => ResourceDefinition | null;
  readonly scopeOf: (type: ResourceType, namespaces: readonly string[]) => Promise<Scope>;
  /** How long an informer nobody holds stays; ten minutes when absent. */
  readonly lingerMs?: number;
  readonly log: Log;
}

/** What lib/k8s/access answers; cache knows only its shape. */
export type Scope =
  | { readonly kind: 'cluster' }
  | {
      readonly kind: 'namespaces';
      readonly readable: readonly string[];
      readonly missing: readonly MissingRight[];
    };
