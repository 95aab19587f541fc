/**
 * What the scheduler knows of one node: its object, its pods and the sum of what they ask for, kept up pod by pod.
 *
 * Amounts are thousandths of the unit as plain numbers: exact up to 9 PB of sums in thousandths of a byte.
 */
import { isObject, type JsonObject, number, objects, own, text } from '../base/json.ts';
import { parseQuantity } from '../base/quantity.ts';
import type { NodeObject, Pod } from '../base/types.ts';

/** Thousandths by resource name. */
export type Amounts = ReadonlyMap<string, number>;

export interface Requests {
  /** What the filters count. */
  amounts: Amounts;
  /** The same for scoring: a container that asks for nothing weighs something all the same. */
  weightCpu: number;
  weightMemory: number;
}

const amount = (quantity: unknown): number => Number(parseQuantity(quantity));

const DEFAULT_CPU = 100;
const DEFAULT_MEMORY = 200 * 1024 * 1024 * 1000;

type Sum = Map<string, number>;

function addAll(sum: Sum, more: Amounts, sign: 1 | -1 = 1): void {
  for (const [name, value] of more) {
    const next = (sum.get(name) ?? 0) + sign * value;
    if (next === 0) sum.delete(name);
    else sum.set(name, next);
  }
}

function readAmounts(list: unknown): Sum {
  const sum: Sum = new Map();
  if (isObject(list))
    for (const name of Object.keys(list)) {
      const value = amount(own(list, name));
      if (value !== 0) sum.set(name, value);
    }
  return sum;
}

const raise = (sum: Sum, least: Amounts) => {
  for (const [name, value] of least) if (value > (sum.get(name) ?? 0)) sum.set(name, value);
};

const requestsOfContainer = (container: JsonObject) =>
  isObject(container.resources) ? container.resources.requests : undefined;

/** The containers together, or whichever init container asks for more beside the sidecars before it; plus overhead. */
function sumOf(spec: JsonObject, readOne: (container: JsonObject) => Sum): Sum {
  const sum: Sum = new Map();
  for (const container of objects(spec.containers)) addAll(sum, readOne(container));
  const sidecars: Sum = new Map();
  const peak: Sum = new Map();
  for (const container of objects(spec.initContainers)) {
    const own = readOne(container);
    if (container.restartPolicy === 'Always') {
      addAll(sum, own);
      addAll(sidecars, own);
      raise(peak, sidecars);
    } else {
      const together: Sum = new Map(sidecars);
      addAll(together, own);
      raise(peak, together);
    }
  }
  raise(sum, peak);
  return sum;
}

const bySpec = new WeakMap<object, Requests>();

/** What a pod asks for; worked out once a spec, for specs hardly change and copies share them. */
export function requestsOf(pod: Pod): Requests {
  const known = bySpec.get(pod.spec);
  if (known) return known;
  const spec: JsonObject = pod.spec;
  const amounts = sumOf(spec, (container) => readAmounts(requestsOfContainer(container)));
  const weights = sumOf(spec, (container) => {
    const list = readAmounts(requestsOfContainer(container));
    return new Map([
      ['cpu', list.get('cpu') ?? DEFAULT_CPU],
      ['memory', list.get('memory') ?? DEFAULT_MEMORY],
    ]);
  });
  // What is asked for the pod as a whole counts in place of its containers' sum.
  if (isObject(spec.resources))
    for (const [name, value] of readAmounts(spec.resources.requests)) {
      amounts.set(name, value);
      weights.set(name, value);
    }
  for (const sum of [amounts, weights]) addAll(sum, readAmounts(spec.overhead));
  const requests = { amounts, weightCpu: weights.get('cpu') ?? 0, weightMemory: weights.get('memory') ?? 0 };
  bySpec.set(pod.spec, requests);
  return requests;
}

export const priorityOf = (pod: Pod): number => number(pod.spec.priority);

/** A label's value; keys such as `constructor` are only labels. */
export const labelOf = (object: { metadata: { labels?: Record<string, string> } }, key: string) => {
  const { labels } = object.metadata;
  return labels && Object.hasOwn(labels, key) ? text(labels[key]) : undefined;
};

export class NodeInfo {
  readonly name: string;
  /** Pods may be there before their node is, or after it has gone. */
  node: NodeObject | undefined;
  readonly pods: Map<string, Pod>;
  readonly #requested: Sum;
  #weightCpu = 0;
  #weightMemory = 0;
  #allocatable: Amounts = new Map();

  constructor(name: string, from?: NodeInfo) {
    this.name = name;
    this.pods = new Map(from?.pods);
    this.#requested = new Map(from?.requested);
    if (!from) return;
    this.node = from.node;
    this.#weightCpu = from.weightCpu;
    this.#weightMemory = from.weightMemory;
    this.#allocatable = from.allocatable;
  }

  get requested(): Amounts {
    return this.#requested;
  }
  get weightCpu(): number {
    return this.#weightCpu;
  }
  get weightMemory(): number {
    return this.#weightMemory;
  }
  get allocatable(): Amounts {
    return this.#allocatable;
  }

  setNode(node: NodeObject | undefined): void {
    this.node = node;
    this.#allocatable = readAmounts(isObject(node?.status) ? node.status.allocatable : undefined);
  }

  /** Adds the pod, or takes it for the one it was. */
  add(pod: Pod): void {
    const before = this.pods.get(pod.metadata.uid);
    this.pods.set(pod.metadata.uid, pod);
    if (before?.spec === pod.spec) return;
    if (before) this.#count(before, -1);
    this.#count(pod, 1);
  }

  remove(pod: Pod): void {
    const before = this.pods.get(pod.metadata.uid);
    if (!before) return;
    this.pods.delete(pod.metadata.uid);
    this.#count(before, -1);
  }

  /** One to try things on. */
  copy(): NodeInfo {
    return new NodeInfo(this.name, this);
  }

  #count(pod: Pod, sign: 1 | -1): void {
    const { amounts, weightCpu, weightMemory } = requestsOf(pod);
    addAll(this.#requested, amounts, sign);
    this.#weightCpu += sign * weightCpu;
    this.#weightMemory += sign * weightMemory;
  }
}
