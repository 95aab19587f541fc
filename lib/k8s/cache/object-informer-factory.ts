import type { Clock } from '#lib/k8s/client/clock.ts';
import type { ListWatch } from '#lib/k8s/client/list-watch.ts';
import type { Log } from '#lib/k8s/client/log.ts';
import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { createLingeringPool } from './lingering-pool.ts';
import type { ObjectInformerFactory } from './object-informer.ts';
import { type RunningObjectInformer, watchObject } from './object-watch.ts';

const LINGER_MS = 30_000;

export interface ObjectInformerFactoryOptions {
  readonly clock: Clock;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  readonly listWatch: (type: ResourceType, namespace: string) => ListWatch;
  /** 30 s when absent. */
  readonly lingerMs?: number;
  readonly log: Log;
}

/** One Reflector an open object, counted by its viewers. See object-informer.ts for what each promises. */
export function createObjectInformerFactory(options: ObjectInformerFactoryOptions): ObjectInformerFactory {
  const { clock, random, log, listWatch, lingerMs = LINGER_MS } = options;
  const pool = createLingeringPool<RunningObjectInformer>(clock, lingerMs);
  return {
    acquire(type, namespace, name) {
      const key = JSON.stringify([resourceName(type), type.version, namespace, name]);
      const { item, release } = pool.acquire(key, () =>
        watchObject(type, name, { clock, random, log, listWatch: listWatch(type, namespace) }),
      );
      return { informer: item, release };
    },
    running: () => pool.items(),
    stop: () => pool.stop(),
  };
}
