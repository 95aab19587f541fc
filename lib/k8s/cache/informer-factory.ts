import { type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { createInformer, type Informer } from './informer.ts';
import type { InformerFactoryOptions } from './informer-factory-options.ts';
import type { InformerFactory, SharedInformer } from './shared-informer.ts';

const LINGER_MS = 600_000;

interface Held {
  readonly informer: Informer;
  holders: number;
  cancelStop: () => void;
}

/** One informer a type, counted by its holders. See shared-informer.ts for what each promises. */
export function createInformerFactory(options: InformerFactoryOptions): InformerFactory {
  const { clock, lingerMs = LINGER_MS } = options;
  const held = new Map<string, Held>();
  let isStopped = false;

  const hold = (type: ResourceType): Held => {
    const key = `${resourceName(type)} ${type.version}`;
    const known = held.get(key);
    if (known !== undefined) return known;
    const entry: Held = { informer: createInformer(type, options), holders: 0, cancelStop: () => {} };
    held.set(key, entry);
    return entry;
  };

  const letGo = (type: ResourceType, entry: Held): void => {
    entry.holders--;
    if (entry.holders > 0 || isStopped) return;
    entry.cancelStop = clock.after(lingerMs, () => {
      entry.informer.stop();
      held.delete(`${resourceName(type)} ${type.version}`);
    });
  };

  return {
    acquire(type, namespaces) {
      if (isStopped) throw new Error('the informer factory was stopped');
      const entry = hold(type);
      entry.holders++;
      entry.cancelStop();
      entry.informer.include(namespaces);
      entry.informer.start();
      let isReleased = false;
      return {
        informer: entry.informer,
        release() {
          if (isReleased) return;
          isReleased = true;
          letGo(type, entry);
        },
      };
    },
    running: (): readonly SharedInformer[] => [...held.values()].map((entry) => entry.informer),
    stop() {
      isStopped = true;
      for (const entry of held.values()) {
        entry.cancelStop();
        entry.informer.stop();
      }
      held.clear();
    },
  };
}
