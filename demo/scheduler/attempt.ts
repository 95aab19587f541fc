/**
 * One attempt to find nodes for one pod: which nodes pass all filters, and what was said of the others.
 *
 * As the real scheduler, an attempt looks no further once it has enough nodes to choose from (all of 100 or fewer, a
 * shrinking share of more), and starts where the last one stopped.
 */
import type { NodeObject, Pod } from '../base/types.ts';
import type { ClusterState } from './cluster-state.ts';
import { FILTERS } from './filters/all.ts';
import { Histogram } from './fit-error.ts';
import { type NodeInfo, priorityOf } from './node-info.ts';
import type { FilterPlugin, NodeFilter, Refusal } from './plugin.ts';

/** Pods that were promised a node and are not there yet. */
export type Nominated = (node: string) => Iterable<Pod>;

export interface Outcome {
  fitting: NodeInfo[];
  refused: Map<string, Refusal>;
  /** Filters that refused some node. */
  plugins: Set<string>;
  reasons: Histogram;
}

const FEW_NODES = 100;

export function nodesToFind(nodes: number): number {
  if (nodes < FEW_NODES) return nodes;
  const percent = Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(FEW_NODES, Math.floor((nodes * percent) / 100));
}

export class Attempt {
  readonly pod: Pod;
  readonly #cluster: ClusterState;
  readonly #nominated: Nominated;
  readonly #filters: { plugin: FilterPlugin; filter: NodeFilter }[] = [];
  /** Why no node will do, whatever it is. */
  readonly impossible: { plugin: string; reason: string } | undefined;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #onlyPlugin: string = '';

  constructor(pod: Pod, cluster: ClusterState, nominated: Nominated) {
    this.pod = pod;
    this.#cluster = cluster;
    this.#nominated = nominated;
    for (const plugin of FILTERS) {
      const prepared = plugin.prepare(pod, cluster);
      if (!prepared) continue;
      if ('impossible' in prepared) {
        this.impossible = { plugin: plugin.name, reason: prepared.impossible };
        return;
      }
      if ('only' in prepared) {
        this.#only = prepared.only;
        this.#onlyPlugin = plugin.name;
      }
      this.#filters.push({ plugin, filter: prepared });
    }
  }

  /** Looks at nodes from the `start`th on until there are enough. Returns how many were looked at, too. */
  search(start: number): Outcome & { looked: number } {
    const nodes = this.#cluster.nodes();
    const enough = nodesToFind(nodes.length);
    const outcome = {
      fitting: [] as NodeInfo[],
      refused: new Map<string, Refusal>(),
      plugins: new Set<string>(),
      reasons: new Histogram(),
    };
    let looked = 0;
    for (; looked < nodes.length && outcome.fitting.length < enough; looked += 1)
      this.#look(nodes[(start + looked) % nodes.length] as NodeInfo, outcome);
    return { ...outcome, looked };
  }

  #look(info: NodeInfo, { fitting, refused, plugins, reasons }: Outcome): void {
    if (this.#only && !this.#only.has(info.name)) {
      plugins.add(this.#onlyPlugin);
      reasons.add(`node(s) didn't satisfy plugin(s) [${this.#onlyPlugin}]`);
      return;
    }
    const found = this.check(info);
    if (!found) {
      fitting.push(info);
      return;
    }
    refused.set(info.name, found);
    plugins.add(found.plugin);
    for (const reason of found.reasons) reasons.add(reason);
  }

  /** With the pods that were promised this node and matter as much, and without them: both must do. */
  check(info: NodeInfo): (Refusal & { plugin: string }) | undefined {
    const own = priorityOf(this.pod);
    const promised = [...this.#nominated(info.name)].filter(
      (pod) => pod.metadata.uid !== this.pod.metadata.uid && priorityOf(pod) >= own,
    );
    if (promised.length === 0) return this.#checkBare(info);
    const full = info.copy();
    for (const pod of promised) this.put(pod, full);
    const refused = this.#checkBare(full);
    for (const pod of promised) this.take(pod, full);
    return refused ?? this.#checkBare(info);
  }

  #checkBare(info: NodeInfo): (Refusal & { plugin: string }) | undefined {
    if (!hasNode(info)) return undefined;
    for (const { plugin, filter } of this.#filters) {
      const refused = filter.check(info);
      if (refused) return { ...refused, plugin: plugin.name };
    }
    return undefined;
  }

  /** What if this pod were on that node? Give a copy; taking it away again undoes it. */
  put(pod: Pod, info: NodeInfo): void {
    info.add(pod);
    if (info.node) for (const { filter } of this.#filters) filter.adjust?.(pod, info.node, 1);
  }

  take(pod: Pod, info: NodeInfo): void {
    info.remove(pod);
    if (info.node) for (const { filter } of this.#filters) filter.adjust?.(pod, info.node, -1);
  }
}

const hasNode = (info: NodeInfo): info is NodeInfo & { node: NodeObject } => info.node !== undefined;
