/** What the pods of every node ask for in sum, kept up from the store's events instead of added up for every pod. */
import { at, objects } from '../base/json.ts';
import { parseQuantity } from '../base/quantity.ts';
import type { KubeObject, Pod } from '../base/types.ts';
import type { Store } from '../storage/store.ts';

export interface Requests {
  cpu: bigint;
  memory: bigint;
  pods: bigint;
}

const NOTHING: Requests = { cpu: 0n, memory: 0n, pods: 0n };

const bySpec = new WeakMap<object, Requests>();

/** The sum of a pod's requests; worked out once a spec, for specs never change and copies share them. */
export function requestsOf(pod: KubeObject): Requests {
  const spec = (pod as Pod).spec;
  const known = bySpec.get(spec);
  if (known) return known;
  const sum = (name: string) =>
    objects(spec.containers).reduce(
      (total, container) => total + parseQuantity(at(container, 'resources', 'requests', name)),
      0n,
    );
  const requests = { cpu: sum('cpu'), memory: sum('memory'), pods: 1000n };
  bySpec.set(spec, requests);
  return requests;
}

const placeOf = (pod: Pod | undefined): string | undefined =>
  pod && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed' ? pod.spec.nodeName : undefined;

export class NodeSums {
  readonly #byNode = new Map<string, Requests>();
  readonly stop: () => void;

  constructor(store: Store) {
    for (const pod of store.list('pods') as Pod[]) this.#add(pod, 1n);
    this.stop = store.subscribe('pods', (event) => {
      this.#add(event.previous as Pod | undefined, -1n);
      if (event.type !== 'DELETED') this.#add(event.object as Pod, 1n);
    });
  }

  of(node: string): Requests {
    return this.#byNode.get(node) ?? NOTHING;
  }

  #add(pod: Pod | undefined, sign: bigint): void {
    const node = placeOf(pod);
    if (!pod || !node) return;
    const before = this.of(node);
    const own = requestsOf(pod);
    this.#byNode.set(node, {
      cpu: before.cpu + sign * own.cpu,
      memory: before.memory + sign * own.memory,
      pods: before.pods + sign * own.pods,
    });
  }
}
