/**
 * The use of all nodes and pods in the store. Figures are taken each 15 s of the cluster's clock, on the quarter
 * minute, so all readers of one moment see the same; nothing runs in between.
 */
import type { Clock } from '../base/clock.ts';
import type { NodeObject, Pod } from '../base/types.ts';
import type { Store } from '../storage/store.ts';
import { LoadSharing } from './load-sharing.ts';
import { type Carried, NOTHING_CARRIED, type NodeUsage, nodeUsage } from './node-usage.ts';
import { type ContainerUsage, type PodUsage, podUsage } from './pod-usage.ts';

export const SAMPLE_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;

const COUNTERS = ['cpuSeconds', 'received', 'sent', 'read', 'written'] as const;

/** What the use is worked out from. */
interface World {
  store: Store;
  clock: Clock;
}

export class Usage {
  readonly #world: World;
  readonly #seed: number;
  /** Node → what containers that are gone have counted there. */
  readonly #carried = new Map<string, Carried>();
  readonly #sharing: LoadSharing;
  readonly #silent: ReadonlySet<string>;
  /** What was worked out last, until the next sample or the next change of a node or pod. */
  #known: { atMs: number; silent: string; nodes: NodeUsage[] } | undefined;

  /** `silent` names the nodes nothing is heard of: there is no figure of them and their pods. */
  constructor(world: World, seed: number, silent: ReadonlySet<string> = new Set()) {
    this.#world = world;
    this.#seed = seed;
    this.#silent = silent;
    this.#sharing = new LoadSharing(world.store, () => this.sampledMs() + SAMPLE_EVERY_MS);
    world.store.subscribe('nodes', () => {
      this.#known = undefined;
    });
    world.store.subscribe('pods', (event) => {
      this.#known = undefined;
      const before = (event.previous ?? (event.type === 'DELETED' ? event.object : undefined)) as
        | Pod
        | undefined;
      if (before) this.#carry(before, event.type === 'DELETED' ? undefined : (event.object as Pod));
    });
  }

  /** The instant of the latest sample. */
  sampledMs(): number {
    return Math.floor(this.#world.clock.now() / SAMPLE_EVERY_MS) * SAMPLE_EVERY_MS;
  }

  isSilent(node: string): boolean {
    return this.#silent.has(node);
  }

  /** Nodes by name, with their pods. */
  nodes(): NodeUsage[] {
    const atMs = this.sampledMs();
    const silent = [...this.#silent].join();
    if (this.#known?.atMs !== atMs || this.#known.silent !== silent)
      this.#known = { atMs, silent, nodes: this.#nodesAt(atMs) };
    return this.#known.nodes;
  }

  #nodesAt(atMs: number): NodeUsage[] {
    const byNode = this.#podsByNode();
    return (this.#world.store.list('nodes') as NodeObject[])
      .filter(({ metadata }) => !this.#silent.has(metadata.name))
      .map((node) => this.#usageOf(node, byNode.get(node.metadata.name) ?? [], atMs));
  }

  node(name: string): NodeUsage | undefined {
    const node = this.#world.store.get('nodes', '', name) as NodeObject | undefined;
    return node && this.#usageOf(node, this.#podsByNode().get(name) ?? [], this.sampledMs());
  }

  /** Pods with running containers; squeezed as their node squeezes them. */
  pods(): PodUsage[] {
    return this.nodes().flatMap(({ pods }) => pods);
  }

  /** Load averages over 1, 5 and 15 minutes: what ran, and a little that waited. */
  load(name: string): [number, number, number] {
    const node = this.#world.store.get('nodes', '', name) as NodeObject | undefined;
    if (!node) return [0, 0, 0];
    const pods = this.#podsByNode().get(name) ?? [];
    const over = (minutes: number) => {
      const points = [0, 1, 2, 3].map((step) => this.sampledMs() - (step * minutes * MINUTE_MS) / 3);
      const used = points.map((atMs) => this.#usageOf(node, pods, atMs).cpu);
      return (used.reduce((sum, cpu) => sum + cpu, 0) / points.length) * 1.12;
    };
    return [over(1), over(5), over(15)];
  }

  #podsByNode(): Map<string, Pod[]> {
    const found = new Map<string, Pod[]>();
    for (const pod of this.#world.store.list('pods') as Pod[]) {
      const name = pod.spec.nodeName ?? '';
      const others = found.get(name);
      if (others) others.push(pod);
      else found.set(name, [pod]);
    }
    return found;
  }

  #usageOf(node: NodeObject, pods: Pod[], atMs: number): NodeUsage {
    const used = pods.map((pod) => podUsage(this.#seed, pod, atMs, this.#sharing.spansOf(pod)));
    return nodeUsage(this.#seed, node, used, this.#carried.get(node.metadata.name) ?? NOTHING_CARRIED, atMs);
  }

  /** Keeps the counts of containers that stopped with this change. */
  #carry(before: Pod, after: Pod | undefined): void {
    const name = before.spec.nodeName;
    if (name === undefined) return;
    // At the latest sample: the node's counters then stay as they were until the next one.
    const atMs = this.sampledMs();
    const left = after ? new Set(running(after)) : new Set<string>();
    if (running(before).every((key) => left.has(key))) return;
    const gone = podUsage(this.#seed, before, atMs, this.#sharing.spansOf(before)).containers.filter(
      ({ name: container, startedMs }) => !left.has(runKey(container, startedMs)),
    );
    const known = this.#carried.get(name) ?? NOTHING_CARRIED;
    this.#carried.set(name, gone.reduce(addCounters, known));
  }
}

const addCounters = (carried: Carried, container: ContainerUsage): Carried =>
  Object.fromEntries(COUNTERS.map((name) => [name, carried[name] + container[name]])) as unknown as Carried;

const runKey = (container: string, startedMs: number) => `${container}/${startedMs}`;

/** One key for each run of a container. */
function running({ status }: Pod): string[] {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.flatMap(({ name, state }) =>
    state?.running ? [runKey(name, Date.parse(state.running.startedAt))] : [],
  );
}
