/**
 * The kubelets of all nodes: every pod waits for its next stage on the world's clock. A change of
 * the pod that leads to another stage replaces the wait; one that does not leaves it running.
 */
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import type { Cancel } from '../base/clock.ts';
import { at, text } from '../base/json.ts';
import type { KubeObject, NodeObject, Pod, PodStatus } from '../base/types.ts';
import type { EventRecorder } from '../controllers/framework/recorder.ts';
import { Heartbeats } from './heartbeats.ts';
import { nextStage, type Stage, type StageEvent } from './stages.ts';
import { type StoryRule, storyOf } from './stories.ts';

/** How often a silent node's pods are looked at. */
const ASK_AGAIN_MS = 10_000;

interface Wait {
  /** Stage and restart count: the same wait goes on through unrelated changes. */
  key: string;
  cancel: Cancel;
}

class Kubelets {
  readonly #machinery: Machinery;
  readonly #mutations: Mutations;
  readonly #recorder: EventRecorder;
  readonly #rules: StoryRule[];
  readonly #waits = new Map<string, Wait>();
  readonly #addresses = new Map<string, number>();
  readonly #silent: ReadonlySet<string>;
  readonly #unsubscribe: () => void;

  constructor(
    machinery: Machinery,
    mutations: Mutations,
    recorder: EventRecorder,
    rules: StoryRule[],
    silent: ReadonlySet<string>,
  ) {
    this.#silent = silent;
    this.#machinery = machinery;
    this.#mutations = mutations;
    this.#recorder = recorder;
    this.#rules = rules;
    this.#unsubscribe = machinery.store.subscribe('pods', (event) => {
      const pod = event.object as Pod;
      if (event.type === 'DELETED') this.#forget(pod.metadata.uid);
      else {
        this.#tellKilling(pod, event.previous as Pod | undefined);
        this.#await(pod);
      }
    });
    for (const pod of machinery.store.list('pods') as Pod[]) this.#await(pod);
  }

  stop(): void {
    this.#unsubscribe();
    for (const { cancel } of this.#waits.values()) cancel();
  }

  #forget(uid: string): void {
    this.#waits.get(uid)?.cancel();
    this.#waits.delete(uid);
  }

  #await(pod: Pod): void {
    const { uid } = pod.metadata;
    const story = storyOf(pod, this.#rules);
    const stage = nextStage(pod, story);
    const status = pod.status.containerStatuses?.[0];
    const key = stage
      ? `${stage.name}/${status?.restartCount ?? 0}/${status?.state.waiting?.reason ?? ''}/${pod.metadata.deletionGracePeriodSeconds ?? ''}`
      : '';
    const wait = this.#waits.get(uid);
    if (wait?.key === key) return;
    this.#forget(uid);
    if (!stage) return;
    const { clock, random } = this.#machinery;
    const { delayMs } = stage;
    const ms =
      typeof delayMs === 'function'
        ? delayMs(pod, story, clock.now())
        : delayMs[0] + random.below(delayMs[1] - delayMs[0] + 1);
    const { namespace = '', name } = pod.metadata;
    this.#waits.set(uid, { key, cancel: clock.schedule(ms, () => this.#run(namespace, name, uid, stage)) });
  }

  #run(namespace: string, name: string, uid: string, stage: Stage): void {
    this.#waits.delete(uid);
    const { store, clock } = this.#machinery;
    const pod = store.get('pods', namespace, name) as Pod | undefined;
    if (pod?.metadata.uid !== uid) return;
    if (this.#silent.has(pod.spec.nodeName ?? '')) {
      // Nothing is heard of it now; what was due is done when its kubelet is back.
      const again = () => this.#run(namespace, name, uid, stage);
      this.#waits.set(uid, { key: stage.name, cancel: clock.schedule(ASK_AGAIN_MS, again) });
      return;
    }
    const story = storyOf(pod, this.#rules);
    const node = store.get('nodes', '', pod.spec.nodeName ?? '') as NodeObject | undefined;
    const nowMs = clock.now();
    const result = stage.apply({
      pod,
      story,
      nowMs,
      now: isoTime(nowMs),
      hostIp: node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '',
      newAddress: () => this.#newAddress(node),
    });
    for (const event of result.events) this.#tell(pod, event);
    if (result.isGone) {
      this.#remove(pod, result.status);
      return;
    }
    const written = this.#write(pod, result.status);
    // A stage that leaves the pod as it is (a failing probe) comes round again.
    this.#await(written);
  }

  #write(pod: Pod, status: PodStatus): Pod {
    const type = this.#machinery.kinds.builtIn('pods');
    const { namespace = '', name } = pod.metadata;
    return this.#mutations.writer.update(
      type,
      namespace,
      name,
      (current) => ({ ...current, status }),
      systemContext('kubelet', 'status'),
      { isTrusted: true },
    ) as Pod;
  }

  #remove(pod: Pod, status: PodStatus): void {
    this.#write(pod, status);
    const type = this.#machinery.kinds.builtIn('pods');
    const { namespace = '', name, uid } = pod.metadata;
    if (this.#machinery.store.get('pods', namespace, name)?.metadata.uid !== uid) return;
    this.#mutations.deleter.delete(type, namespace, name, { isDryRun: false, gracePeriodSeconds: 0, uid });
  }

  #tellKilling(pod: Pod, previous: Pod | undefined): void {
    const hasJustBeenMarked =
      pod.metadata.deletionTimestamp !== undefined &&
      previous !== undefined &&
      previous.metadata.deletionTimestamp === undefined;
    if (!hasJustBeenMarked) return;
    for (const status of pod.status.containerStatuses ?? []) {
      if (status.state.running)
        this.#tell(pod, {
          type: 'Normal',
          reason: 'Killing',
          message: `Stopping container ${status.name}`,
          container: status.name,
        });
    }
  }

  #tell(pod: Pod, { type, reason, message, container }: StageEvent): void {
    const source = { component: 'kubelet', host: pod.spec.nodeName ?? '' };
    this.#recorder.record(pod, source, {
      type,
      reason,
      message,
      ...(container ? { fieldPath: `spec.containers{${container}}` } : {}),
    });
  }

  #newAddress(node: KubeObject | undefined): string {
    const cidr = text(at(node, 'spec', 'podCIDR'), '10.244.0.0/24');
    const base = cidr.split('.').slice(0, 3).join('.');
    const used = new Set<string>();
    for (const { status } of this.#machinery.store.list('pods') as Pod[])
      if (status.podIP?.startsWith(`${base}.`)) used.add(status.podIP);
    let next = this.#addresses.get(cidr) ?? 100;
    for (let turns = 0; turns < 254; turns += 1) {
      next = next >= 254 ? 5 : next + 1;
      if (!used.has(`${base}.${next}`)) break;
    }
    this.#addresses.set(cidr, next);
    return `${base}.${next}`;
  }
}

export function startKubelets(
  machinery: Machinery,
  mutations: Mutations,
  recorder: EventRecorder,
  rules: StoryRule[],
  /** Nodes that are not heard of. */
  silent: ReadonlySet<string>,
): { stop(): void } {
  const kubelets = new Kubelets(machinery, mutations, recorder, rules, silent);
  const heartbeats = new Heartbeats(machinery, mutations, silent);
  return {
    stop: () => {
      kubelets.stop();
      heartbeats.stop();
    },
  };
}
