/**
 * The kubelets of all nodes. Every pod waits on the world's clock for what happens to it next (pod-plan.ts says who
 * may do what, container-stages.ts what a container does); a change of the pod that leads elsewhere replaces the
 * wait, one that does not leaves it running.
 *
 *   bound ─accept→ Pending ─sandbox (volumes are there)→ its containers' lives ─over, or deleted and stopped→ gone
 */
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import type { NodeObject, Pod, PodStatus } from '../base/types.ts';
import type { EventRecorder } from '../controllers/framework/recorder.ts';
import { NodePods } from './node-pods.ts';
import { type Step, stepsOf } from './pod/container-machine.ts';
import {
  type ContainerView,
  type KubeletEvent,
  runningSinceMs,
  type Surroundings,
  told,
} from './pod/container-view.ts';
import {
  acceptedStatus,
  composed,
  isAtRest,
  isLeaving,
  isOver,
  type StoryOf,
  viewsOf,
} from './pod/pod-plan.ts';
import { endedStatus, withCondition } from './pod/pod-status.ts';
import { type StoryRule, storyOf } from './pod/stories.ts';
import { PodWork } from './pod-work.ts';
import { environmentFault, volumeFaults } from './references.ts';

/** How often a silent node's pods are looked at. */
const ASK_AGAIN_MS = 10_000;
const MOST_MOUNT_RETRY_MS = 122_000;

export interface KubeletTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
  rules: StoryRule[];
  /** Nodes that are not heard of. */
  silent: ReadonlySet<string>;
}

/** Whether a node takes a new pod; undefined or why not, in the kubelet's words. */
export type Admit = (pod: Pod) => string | undefined;

const hasRunning = ({ status }: Pod): boolean =>
  [status.initContainerStatuses, status.containerStatuses, status.ephemeralContainerStatuses].some((list) =>
    list?.some(({ state }) => state.running),
  );

interface PodStep {
  key: string;
  delayMs(): number;
  run(): void;
}

export class Kubelets {
  readonly #tools: KubeletTools;
  readonly #admit: Admit;
  readonly #epochMs: number;
  readonly #works = new Map<string, PodWork>();
  readonly #unsubscribe: () => void;
  readonly nodePods: NodePods;

  constructor(tools: KubeletTools, admit: Admit) {
    this.#tools = tools;
    this.#admit = admit;
    const { store, clock } = tools.machinery;
    this.nodePods = new NodePods(store);
    // Start times are written in whole seconds.
    this.#epochMs = Math.floor(clock.now() / 1000) * 1000;
    this.#unsubscribe = store.subscribe('pods', (event) => {
      if (event.type === 'DELETED') this.#forget(event.object.metadata.uid);
      else this.#sync(event.object as Pod);
    });
    for (const pod of store.list('pods') as Pod[]) this.#sync(pod);
  }

  stop(): void {
    this.#unsubscribe();
    this.nodePods.stop();
    for (const work of this.#works.values()) work.stop();
  }

  /** Ends a running container from without: its program has exited. */
  endContainer(namespace: string, name: string, container: string, exitCode: number): void {
    const pod = this.#tools.machinery.store.get('pods', namespace, name) as Pod | undefined;
    if (!pod) return;
    const work = this.#works.get(pod.metadata.uid) ?? new PodWork();
    const views = this.#views(pod, work);
    const view = views.find(({ spec }) => spec.name === container);
    if (!view || runningSinceMs(view.status) === undefined) return;
    const now = this.#now();
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    view.status = endedStatus(view.status, { exitCode, reason }, now);
    this.#write(pod, composed(pod, pod.status, views, now));
  }

  /** Ends a pod at once and for good, as an eviction under pressure does. */
  fail(pod: Pod, reason: string, message: string): void {
    const now = this.#now();
    this.#tell(pod, { type: 'Warning', reason, message });
    const views = this.#views(pod, this.#works.get(pod.metadata.uid) ?? new PodWork());
    for (const view of views) {
      if (!view.status.state.running) continue;
      this.#tell(pod, told(view, 'Normal', 'Killing', `Stopping container ${view.spec.name}`));
      view.status = endedStatus(view.status, { exitCode: 137, reason: 'Error' }, now);
    }
    const target = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
    } as const;
    const conditions = withCondition(pod.status.conditions ?? [], target, now);
    const before: PodStatus = { ...pod.status, phase: 'Failed', reason, message, conditions };
    this.#write(pod, composed(pod, before, views, now));
  }

  #now(): string {
    return isoTime(this.#tools.machinery.clock.now());
  }

  #forget(uid: string): void {
    this.#works.get(uid)?.stop();
    this.#works.delete(uid);
  }

  #views(pod: Pod, work: PodWork): ContainerView[] {
    return viewsOf(pod, work.memoryOf, this.#storyOf);
  }

  readonly #storyOf: StoryOf = (pod, container, role) => storyOf(pod, container, role, this.#tools.rules);

  #sync(pod: Pod): void {
    const { uid, namespace = '', name } = pod.metadata;
    const known = this.#works.get(uid);
    if (!known && isAtRest(pod, this.#storyOf)) return;
    const work = known ?? new PodWork();
    const { clock } = this.#tools.machinery;
    work.await(this.#steps(pod, work), clock.now(), (delayMs) =>
      clock.schedule(delayMs, () => this.#wake(namespace, name, uid)),
    );
    if (work.isIdle) this.#works.delete(uid);
    else this.#works.set(uid, work);
  }

  #steps(pod: Pod, work: PodWork): { key: string; delayMs(): number }[] {
    const podStep = this.#podStep(pod, work);
    if (podStep) return [podStep];
    if (!pod.spec.nodeName || (isOver(pod) && !hasRunning(pod))) return [];
    const around = this.#around(pod);
    return this.#views(pod, work).flatMap((view) => stepsOf(view, around));
  }

  #wake(namespace: string, name: string, uid: string): void {
    const { store, clock } = this.#tools.machinery;
    const pod = store.get('pods', namespace, name) as Pod | undefined;
    const work = this.#works.get(uid);
    if (!work || pod?.metadata.uid !== uid) return;
    work.stop();
    if (this.#tools.silent.has(pod.spec.nodeName ?? '')) {
      // Nothing is heard of it now; what was due is done when its kubelet is back.
      work.sleep(() => clock.schedule(ASK_AGAIN_MS, () => this.#wake(namespace, name, uid)));
      return;
    }
    const step = this.#podStep(pod, work);
    if (step) {
      if (work.isDue(step.key, clock.now())) {
        work.done(step.key);
        step.run();
      }
    } else this.#live(pod, work);
    const present = store.get('pods', namespace, name) as Pod | undefined;
    // What leaves the pod as it is (a failing probe) comes round again.
    if (present?.metadata.uid === uid) this.#sync(present);
  }

  /** Lets happen what is due in the pod's containers, and writes the pod once. */
  #live(pod: Pod, work: PodWork): void {
    const around = this.#around(pod);
    const views = this.#views(pod, work);
    const due: [ContainerView, Step][] = views.flatMap((view) =>
      stepsOf(view, around)
        .filter(({ key }) => work.isDue(key, around.nowMs))
        .map((step): [ContainerView, Step] => [view, step]),
    );
    for (const [view, step] of due) {
      work.done(step.key);
      const { status, memory, events } = step.apply(view, around);
      if (status.state.running && !view.status.state.running)
        this.nodePods.addImage(pod.spec.nodeName ?? '', status.image);
      view.status = status;
      view.memory = memory;
      work.remember(view.spec.name, memory);
      for (const event of events) this.#tell(pod, event);
    }
    const isStopped = isLeaving(pod) && !views.some(({ status }) => status.state.running);
    const written = this.#write(pod, composed(pod, pod.status, views, around.now));
    if (isStopped) this.#remove(written);
  }

  /** What happens to the pod as a whole, before and after its containers' lives. */
  #podStep(pod: Pod, work: PodWork): PodStep | undefined {
    const { status, spec, metadata } = pod;
    if (!spec.nodeName) return undefined;
    const { between } = this.#around(pod);
    if (isLeaving(pod)) {
      const isDone = metadata.deletionGracePeriodSeconds === 0 && isOver(pod);
      if (isDone || hasRunning(pod)) return undefined;
      return { key: 'gone', delayMs: () => 200, run: () => this.#remove(pod) };
    }
    if (isOver(pod)) return undefined;
    if ((status.containerStatuses ?? []).length === 0)
      return { key: 'accept', delayMs: () => between(60, 240), run: () => this.#accept(pod) };
    if (status.podIP) return undefined;
    const retryMs = work.mountRetryMs;
    return {
      key: `sandbox/${retryMs}`,
      delayMs: () => (retryMs === 500 ? between(150, 400) : retryMs / 2),
      run: () => this.#prepare(pod, work),
    };
  }

  #accept(pod: Pod): void {
    const { store } = this.#tools.machinery;
    const node = store.get('nodes', '', pod.spec.nodeName ?? '') as NodeObject | undefined;
    const refusal = this.#admit(pod);
    if (refusal !== undefined) {
      this.#tell(pod, { type: 'Warning', reason: 'Evicted', message: refusal });
      const message = `Pod was rejected: ${refusal}`;
      const { phase: _phase, ...status } = pod.status;
      this.#write(pod, { ...status, phase: 'Failed', reason: 'Evicted', message, startTime: this.#now() });
      return;
    }
    const hostIp = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
    this.#write(pod, acceptedStatus(pod, hostIp, this.#now()));
  }

  /** Mounts the volumes and makes the sandbox, or says what is missing and tries again. */
  #prepare(pod: Pod, work: PodWork): void {
    const faults = volumeFaults(pod, this.#find(pod));
    for (const message of faults) this.#tell(pod, { type: 'Warning', reason: 'FailedMount', message });
    if (faults.length > 0) {
      work.mountRetryMs = Math.min(MOST_MOUNT_RETRY_MS * 2, work.mountRetryMs * 2);
      return;
    }
    const node = this.#tools.machinery.store.get('nodes', '', pod.spec.nodeName ?? '');
    const podIP = pod.spec.hostNetwork
      ? (pod.status.hostIP ?? '')
      : this.nodePods.newAddress(node ?? undefined);
    const status = { ...pod.status, podIP, podIPs: [{ ip: podIP }] };
    this.#write(pod, composed(pod, status, this.#views(pod, work), this.#now()));
  }

  #find(pod: Pod) {
    const { store } = this.#tools.machinery;
    return (resource: string, name: string) => store.get(resource, pod.metadata.namespace ?? '', name);
  }

  #around(pod: Pod): Surroundings {
    const { clock, random } = this.#tools.machinery;
    const nowMs = clock.now();
    return {
      nowMs,
      now: isoTime(nowMs),
      epochMs: this.#epochMs,
      between: (least, most) => least + random.below(most - least + 1),
      hasImage: (image) => this.nodePods.hasImage(pod.spec.nodeName ?? '', image),
      configFault: ({ spec }) => environmentFault(pod, spec, this.#find(pod)),
    };
  }

  #write(pod: Pod, status: PodStatus): Pod {
    const { machinery, mutations } = this.#tools;
    const { namespace = '', name } = pod.metadata;
    return mutations.writer.update(
      machinery.kinds.builtIn('pods'),
      namespace,
      name,
      (current) => ({ ...current, status }),
      systemContext('kubelet', 'status'),
      { isTrusted: true },
    ) as Pod;
  }

  #remove(pod: Pod): void {
    const { machinery, mutations } = this.#tools;
    const { namespace = '', name, uid } = pod.metadata;
    if (machinery.store.get('pods', namespace, name)?.metadata.uid !== uid) return;
    const type = machinery.kinds.builtIn('pods');
    mutations.deleter.delete(type, namespace, name, { isDryRun: false, gracePeriodSeconds: 0, uid });
  }

  #tell(pod: Pod, event: KubeletEvent): void {
    this.#tools.recorder.record(pod, { component: 'kubelet', host: pod.spec.nodeName ?? '' }, event);
  }
}
