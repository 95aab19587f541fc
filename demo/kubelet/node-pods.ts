/**
 * The pods of each node: who holds which address, and which images have been pulled there. Looked up when first
 * asked for and kept up from the store's events from then on, so that a world nobody starts pods in pays nothing.
 */
import { at, text } from '../base/json.ts';
import type { ContainerStatus, KubeObject, Pod } from '../base/types.ts';
import type { Store } from '../storage/store.ts';

const FIRST_ADDRESS = 5;
const LAST_ADDRESS = 254;

const statusesOf = ({ status }: Pod): ContainerStatus[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
  ...(status.ephemeralContainerStatuses ?? []),
];

export class NodePods {
  readonly #store: Store;
  readonly #addresses = new Map<string, number>();
  readonly #images = new Map<string, Set<string>>();
  #byNode: Map<string, Map<string, Pod>> | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  stop(): void {
    this.#unsubscribe?.();
  }

  of(node: string): Pod[] {
    return [...(this.#index().get(node)?.values() ?? [])];
  }

  hasImage(node: string, image: string): boolean {
    const known = this.#images.get(node) ?? this.#readImages(node);
    return known.has(image);
  }

  addImage(node: string, image: string): void {
    (this.#images.get(node) ?? this.#readImages(node)).add(image);
  }

  /** An address of the node's range that no pod has. */
  newAddress(node: KubeObject | undefined): string {
    const cidr = text(at(node, 'spec', 'podCIDR'), '10.244.0.0/24');
    const base = cidr.split('.').slice(0, 3).join('.');
    const used = new Set(this.of(node?.metadata.name ?? '').map(({ status }) => status.podIP));
    let next = this.#addresses.get(cidr) ?? 100;
    for (let turns = 0; turns < LAST_ADDRESS; turns += 1) {
      next = next >= LAST_ADDRESS ? FIRST_ADDRESS : next + 1;
      if (!used.has(`${base}.${next}`)) break;
    }
    this.#addresses.set(cidr, next);
    return `${base}.${next}`;
  }

  #readImages(node: string): Set<string> {
    const pulled = this.of(node)
      .flatMap(statusesOf)
      .filter(({ imageID }) => imageID !== '');
    const images = new Set(pulled.map(({ image }) => image));
    this.#images.set(node, images);
    return images;
  }

  #index(): Map<string, Map<string, Pod>> {
    if (this.#byNode) return this.#byNode;
    const index = new Map<string, Map<string, Pod>>();
    this.#byNode = index;
    const put = (pod: Pod) => {
      const node = pod.spec.nodeName;
      if (!node) return;
      const pods = index.get(node);
      if (pods) pods.set(pod.metadata.uid, pod);
      else index.set(node, new Map([[pod.metadata.uid, pod]]));
    };
    for (const pod of this.#store.list('pods') as Pod[]) put(pod);
    this.#unsubscribe = this.#store.subscribe('pods', (event) => {
      const pod = event.object as Pod;
      if (event.type === 'DELETED') index.get(pod.spec.nodeName ?? '')?.delete(pod.metadata.uid);
      else put(pod);
    });
    return index;
  }
}
