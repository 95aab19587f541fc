import { codecs } from '#lib/k8s/codec/codec-of-kind.ts';
import { resourceName } from '#lib/resources/resource-type.ts';
import { createInformer, type Informer } from './informer.ts';
import type { InformerFactoryOptions } from './informer-factory-options.ts';
import { createLingeringPool } from './lingering-pool.ts';
import type { InformerFactory } from './shared-informer.ts';

const LINGER_MS = 600_000;

/** One informer a type, counted by its holders. See shared-informer.ts for what each promises. */
export function createInformerFactory(options: InformerFactoryOptions): InformerFactory {
  const pool = createLingeringPool<Informer>(options.clock, options.lingerMs ?? LINGER_MS);
  const codecOf = codecs();
  return {
    acquire(type, namespaces) {
      const key = `${resourceName(type)} ${type.version}`;
      const { item, release } = pool.acquire(key, () => createInformer(type, options, codecOf));
      item.include(namespaces);
      item.start();
      return { informer: item, release };
    },
    running: () => pool.items(),
    holdersOf: (informer) => pool.holdersOf(informer),
    stop: () => pool.stop(),
  };
}
