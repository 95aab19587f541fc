/**
 * Pods of nodes that are gone, as pkg/controller/podgc removes them: a node that stays away for the quarantine takes
 * its pods with it, without waiting for a kubelet that is not there.
 */
import { isoTime, type Machinery } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import type { Cancel } from '../../base/clock.ts';
import type { Condition, Pod } from '../../base/types.ts';
import { writeStatus } from '../framework/controller.ts';

const QUARANTINE_MS = 40_000;

export class PodGarbage {
  readonly #machinery: Machinery;
  readonly #mutations: Mutations;
  readonly #unsubscribe: () => void;
  readonly #waits = new Map<string, Cancel>();

  constructor(tools: { machinery: Machinery; mutations: Mutations }) {
    this.#machinery = tools.machinery;
    this.#mutations = tools.mutations;
    this.#unsubscribe = tools.machinery.store.subscribe('nodes', ({ type, object }) => {
      const { name } = object.metadata;
      this.#waits.get(name)?.();
      this.#waits.delete(name);
      if (type !== 'DELETED') return;
      this.#waits.set(
        name,
        tools.machinery.clock.schedule(QUARANTINE_MS, () => this.#collect(name)),
      );
    });
  }

  stop(): void {
    this.#unsubscribe();
    for (const cancel of this.#waits.values()) cancel();
  }

  #collect(node: string): void {
    this.#waits.delete(node);
    for (const pod of this.#machinery.store.list('pods') as Pod[])
      if (pod.spec.nodeName === node) this.#remove(pod);
  }

  #remove(pod: Pod): void {
    const { kinds, clock } = this.#machinery;
    const condition: Condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      lastTransitionTime: isoTime(clock.now()),
    };
    const { phase, conditions = [] } = pod.status ?? {};
    const isOver = phase === 'Succeeded' || phase === 'Failed';
    const others = conditions.filter(({ type }) => type !== condition.type);
    if (!isOver)
      writeStatus({ machinery: this.#machinery, mutations: this.#mutations }, 'pods', pod, {
        ...pod.status,
        phase: 'Failed',
        conditions: [...others, condition],
      });
    const { namespace = '', name, uid } = pod.metadata;
    const options = { isDryRun: false, gracePeriodSeconds: 0, uid };
    this.#mutations.deleter.delete(kinds.builtIn('pods'), namespace, name, options);
  }
}
