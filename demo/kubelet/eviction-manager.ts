/**
 * Evicts pods from nodes that come under pressure. A node is under pressure when its condition says so: a scenario or
 * a client sets it. Nodes that were drawn under pressure from the start stay as they are drawn.
 *
 *   False → True ─each 10 s one pod, until enough is free→ reclaimed ─5 min→ False
 */
import { isoTime } from '../apiserver/rest/context.ts';
import type { Cancel } from '../base/clock.ts';
import type { NodeObject, Pod } from '../base/types.ts';
import { writeStatus } from '../controllers/framework/controller.ts';
import { capacityOf } from '../usage/node-usage.ts';
import { podUsage } from '../usage/pod-usage.ts';
import type { Kubelets, KubeletTools } from './kubelet.ts';
import {
  canBeEvicted,
  evictionMessage,
  hasPressure,
  PRESSURES,
  type Pressure,
  ranked,
  refusal,
  usedBytes,
  withPressure,
} from './pressure.ts';

const LOOK_EVERY_MS = 10_000;
const FIRST_LOOK_MS = 1_000;
/** evictionPressureTransitionPeriod. */
const OVER_AFTER_MS = 300_000;
/** As much of a node is freed, or as many pods go, whichever comes first. */
const FREED_SHARE = 0.02;
const MOST_EVICTED = 3;

const TYPES = Object.keys(PRESSURES) as Pressure[];

export class EvictionManager {
  readonly #tools: KubeletTools;
  readonly #seed: number;
  readonly #pressed = new Map<string, Cancel>();
  readonly #unsubscribe: () => void;
  #kubelets: Kubelets | undefined;

  constructor(tools: KubeletTools, seed: number) {
    this.#tools = tools;
    this.#seed = seed;
    this.#unsubscribe = tools.machinery.store.subscribe('nodes', (event) => {
      const node = event.object as NodeObject;
      for (const type of TYPES) {
        const isOn = event.type !== 'DELETED' && hasPressure(node, type);
        const wasOn = hasPressure(event.previous as NodeObject | undefined, type);
        if (isOn && !wasOn && event.previous) this.#begin(node, type);
        else if (!isOn) this.#end(node.metadata.name, type);
      }
    });
  }

  /** The kubelets ask who is admitted, and are told who goes: each needs the other. */
  attach(kubelets: Kubelets): void {
    this.#kubelets = kubelets;
  }

  stop(): void {
    this.#unsubscribe();
    for (const cancel of this.#pressed.values()) cancel();
  }

  admit = (pod: Pod): string | undefined => {
    const node = pod.spec.nodeName ?? '';
    return refusal(
      pod,
      TYPES.filter((type) => this.#pressed.has(`${node}/${type}`)),
    );
  };

  #begin(node: NodeObject, type: Pressure): void {
    const { name } = node.metadata;
    this.#tell(node, 'Normal', PRESSURES[type].set[2]);
    this.#later(name, type, FIRST_LOOK_MS, () => this.#look(name, type, 0, 0));
  }

  #end(name: string, type: Pressure): void {
    this.#pressed.get(`${name}/${type}`)?.();
    this.#pressed.delete(`${name}/${type}`);
  }

  #later(name: string, type: Pressure, delayMs: number, run: () => void): void {
    this.#pressed.set(`${name}/${type}`, this.#tools.machinery.clock.schedule(delayMs, run));
  }

  #look(name: string, type: Pressure, freed: number, evicted: number): void {
    const { store, clock } = this.#tools.machinery;
    const node = store.get('nodes', '', name) as NodeObject | undefined;
    if (!node || !this.#kubelets) return;
    const again = () => this.#look(name, type, freed, evicted);
    if (this.#tools.silent.has(name)) {
      this.#later(name, type, LOOK_EVERY_MS, again);
      return;
    }
    const usages = this.#kubelets.nodePods
      .of(name)
      .filter(canBeEvicted)
      .map((pod) => podUsage(this.#seed, pod, clock.now()));
    const [first] = ranked(type, usages);
    const { memoryBytes, diskBytes } = capacityOf(node);
    const enough = FREED_SHARE * (type === 'MemoryPressure' ? memoryBytes : diskBytes);
    if (!first || freed >= enough || evicted >= MOST_EVICTED) {
      this.#later(name, type, OVER_AFTER_MS, () => this.#relieve(name, type));
      return;
    }
    const message = `Attempting to reclaim ${PRESSURES[type].resource}`;
    this.#tell(node, 'Warning', 'EvictionThresholdMet', message);
    this.#later(name, type, LOOK_EVERY_MS, () =>
      this.#look(name, type, freed + usedBytes(type, first), evicted + 1),
    );
    this.#kubelets.fail(first.pod, 'Evicted', evictionMessage(type, node, first));
  }

  #relieve(name: string, type: Pressure): void {
    const { store, clock } = this.#tools.machinery;
    const node = store.get('nodes', '', name) as NodeObject | undefined;
    if (!node) return;
    this.#tell(node, 'Normal', PRESSURES[type].clear[2]);
    const conditions = withPressure(node.status.conditions, type, false, isoTime(clock.now()));
    writeStatus(this.#tools, 'nodes', node, { ...node.status, conditions }, 'kubelet');
  }

  #tell(node: NodeObject, type: 'Normal' | 'Warning', reason: string, message?: string): void {
    const { name } = node.metadata;
    const text = { type, reason, message: message ?? `Node ${name} status is now: ${reason}` };
    this.#tools.recorder.record(node, { component: 'kubelet', host: name }, text);
  }
}
