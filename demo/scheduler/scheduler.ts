/**
 * The scheduler: takes pods from its queue, asks the filters, scores what is left, binds; or says why not and, for a pod
 * that matters more, sends others away.
 *
 * A pod with claims that wait for their first consumer is given a node first: the claims are told which, and the pod is
 * bound when they are.
 */

import { ApiError } from '../apiserver/meta/status.ts';
import { bindPod } from '../apiserver/rest/binding.ts';
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import { array, equal, isObject, type JsonObject, object, text } from '../base/json.ts';
import type { Condition, KubeObject, NodeObject, Pod } from '../base/types.ts';
import { withCondition } from '../kubelet/pod/pod-status.ts';
import type { StoreEvent } from '../storage/store.ts';
import { Attempt, type Outcome } from './attempt.ts';
import { ClusterState, placeOf } from './cluster-state.ts';
import { EventSeries } from './event-series.ts';
import { FILTERS } from './filters/all.ts';
import { claimsOfPod, SELECTED_NODE } from './filters/volumes.ts';
import { fitError, impossibleError, NO_NODES, withPreemption } from './fit-error.ts';
import { type NodeInfo, priorityOf } from './node-info.ts';
import type { Change } from './plugin.ts';
import { findVictims, PREEMPTED, type Victims } from './preemption.ts';
import { SchedulingQueue } from './queue.ts';
import { best } from './scores.ts';

const NAME = 'default-scheduler';
const WRITER = 'kube-scheduler';
const HELP = new Map(FILTERS.map(({ name, helpedBy }) => [name, helpedBy]));
const STORAGE = new Set(['persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io']);

const keyOfPod = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Ours to place: not placed, not going, not held back by a gate. */
const isWaiting = ({ spec, metadata, status }: Pod): boolean =>
  (spec.schedulerName === undefined || spec.schedulerName === NAME) &&
  !spec.nodeName &&
  metadata.deletionTimestamp === undefined &&
  array(spec.schedulingGates).length === 0 &&
  status?.phase !== 'Succeeded' &&
  status?.phase !== 'Failed';

/** What a change of a node may be good for. */
function nodeChanges({ type, object, previous }: StoreEvent): Change[] {
  if (type === 'ADDED') return ['node-added'];
  if (type === 'DELETED') return [];
  const [now, before] = [object as NodeObject, previous as NodeObject | undefined];
  const changes: Change[] = [];
  if (!equal(now.metadata.labels, before?.metadata.labels)) changes.push('node-labels');
  if (!equal(now.spec, before?.spec)) changes.push('node-taints');
  if (!equal(now.status?.allocatable, before?.status?.allocatable)) changes.push('node-room');
  return changes;
}

function podChanges({ type, object, previous }: StoreEvent): Change[] {
  const before = placeOf(previous as Pod | undefined);
  const after = type === 'DELETED' ? undefined : placeOf(object as Pod);
  if (before && !after) return ['pod-gone'];
  if (!after) return [];
  const isSame = before === after && equal(object.metadata.labels, previous?.metadata.labels);
  return isSame ? [] : ['pod-placed'];
}

export class Scheduler {
  readonly #machinery: Machinery;
  readonly #mutations: Mutations;
  readonly #events: EventSeries;
  readonly #cluster: ClusterState;
  readonly #queue: SchedulingQueue;
  /** Pods by uid that were promised a node, by node. */
  readonly #promised = new Map<string, Map<string, Pod>>();
  readonly #unsubscribe: () => void;
  #start = 0;

  constructor(machinery: Machinery, mutations: Mutations) {
    this.#machinery = machinery;
    this.#mutations = mutations;
    this.#events = new EventSeries(machinery, mutations.writer);
    this.#cluster = new ClusterState(machinery.store);
    this.#queue = new SchedulingQueue(machinery.clock, (key) => this.#try(key));
    this.#unsubscribe = machinery.store.subscribe(undefined, (event) => this.#onEvent(event));
    // What is there at the start was tried before: it is tried again with the first change, or in five minutes.
    for (const pod of machinery.store.list('pods') as Pod[])
      if (isWaiting(pod)) this.#queue.refused(keyOfPod(pod), priorityOf(pod), [...HELP.values()].flat());
  }

  stop(): void {
    this.#unsubscribe();
    this.#cluster.stop();
    this.#queue.stop();
  }

  #onEvent(event: StoreEvent): void {
    if (event.resource === 'pods') this.#onPod(event);
    else if (event.resource === 'nodes') for (const change of nodeChanges(event)) this.#queue.changed(change);
    else if (STORAGE.has(event.resource) && event.type !== 'DELETED') this.#queue.changed('storage');
  }

  #onPod(event: StoreEvent): void {
    const pod = event.object as Pod;
    const previous = event.previous as Pod | undefined;
    this.#notePromise(previous, event.type === 'DELETED' ? undefined : pod);
    for (const change of podChanges(event)) this.#queue.changed(change);
    const key = keyOfPod(pod);
    if (event.type === 'DELETED' || !isWaiting(pod)) {
      // A promised place is free again, too.
      if (previous && text(object(previous.status).nominatedNodeName)) this.#queue.changed('pod-gone');
      this.#queue.remove(key);
    } else if (
      !previous ||
      !isWaiting(previous) ||
      !equal(pod.spec, previous.spec) ||
      !equal(pod.metadata.labels, previous.metadata.labels)
    )
      this.#queue.add(key, priorityOf(pod));
  }

  #notePromise(previous: Pod | undefined, pod: Pod | undefined): void {
    const promise = (of: Pod | undefined) =>
      of && !of.spec.nodeName ? text(object(of.status).nominatedNodeName) : '';
    const [before, after] = [promise(previous), promise(pod)];
    if (previous && before && this.#promised.get(before)?.delete(previous.metadata.uid))
      if (this.#promised.get(before)?.size === 0) this.#promised.delete(before);
    if (!pod || !after) return;
    const there = this.#promised.get(after) ?? new Map<string, Pod>();
    this.#promised.set(after, there.set(pod.metadata.uid, pod));
  }

  #try(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#machinery.store.get('pods', namespace, name) as Pod | undefined;
    if (!pod || !isWaiting(pod)) return;
    try {
      this.#place(pod);
    } catch (error) {
      // What the API refuses is part of the world and is tried again; anything else is our own mistake.
      if (!(error instanceof ApiError)) throw error;
      this.#queue.refused(key, priorityOf(pod), [...HELP.values()].flat());
    }
  }

  #place(pod: Pod): void {
    const nodes = this.#cluster.nodes();
    if (nodes.length === 0) {
      this.#refuse(pod, NO_NODES, ['node-added']);
      return;
    }
    const nominated = (node: string) => this.#promised.get(node)?.values() ?? [];
    const attempt = new Attempt(pod, this.#cluster, nominated);
    if (attempt.impossible) {
      const { plugin, reason } = attempt.impossible;
      this.#refuse(pod, impossibleError(nodes.length, reason), HELP.get(plugin) ?? []);
      return;
    }
    const promised = this.#cluster.node(text(object(pod.status).nominatedNodeName));
    if (promised && !attempt.check(promised)) {
      this.#assign(pod, promised);
      return;
    }
    const { looked, ...outcome } = attempt.search(this.#start % nodes.length);
    this.#start = (this.#start + looked) % nodes.length;
    if (outcome.fitting.length > 0) this.#assign(pod, best(pod, outcome.fitting, this.#cluster));
    else this.#makeRoom(attempt, outcome);
  }

  #makeRoom(attempt: Attempt, outcome: Outcome): void {
    const { pod } = attempt;
    const message = fitError(this.#cluster.nodes().length, outcome.reasons);
    const helpedBy = [...outcome.plugins].flatMap((plugin) => HELP.get(plugin) ?? []);
    const found = findVictims(attempt, outcome, this.#cluster);
    if ('why' in found) {
      // A promise that cannot be kept any more is taken back, unless it is being kept just now.
      const isKept = found.why.includes('terminating pod');
      this.#refuse(pod, withPreemption(message, found.why), helpedBy, isKept ? undefined : '');
      return;
    }
    this.#refuse(pod, message, helpedBy, found.node);
    this.#preempt(pod, found);
  }

  #preempt(pod: Pod, { node, pods }: Victims): void {
    for (const lesser of [...(this.#promised.get(node)?.values() ?? [])])
      if (priorityOf(lesser) < priorityOf(pod)) this.#setPromise(lesser, '');
    for (const victim of pods) {
      if (victim.metadata.deletionTimestamp !== undefined) continue;
      const message = `${NAME}: preempting to accommodate a higher priority pod`;
      this.#setCondition(victim, { type: 'DisruptionTarget', status: 'True', reason: PREEMPTED, message });
      const { namespace = '', name, uid } = victim.metadata;
      const type = this.#machinery.kinds.builtIn('pods');
      this.#mutations.deleter.delete(type, namespace, name, { isDryRun: false, uid });
      this.#events.record(victim, {
        type: 'Normal',
        reason: 'Preempted',
        action: 'Preempting',
        message: `Preempted by pod ${pod.metadata.uid} on node ${node}`,
      });
    }
  }

  /** `promise` is the node to be promised, '' for none; undefined leaves it as it is. */
  #refuse(pod: Pod, message: string, helpedBy: Iterable<Change>, promise?: string): void {
    this.#queue.refused(keyOfPod(pod), priorityOf(pod), helpedBy);
    this.#events.record(pod, { type: 'Warning', reason: 'FailedScheduling', action: 'Scheduling', message });
    const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
    this.#setCondition(pod, condition, promise);
  }

  #assign(pod: Pod, info: NodeInfo): void {
    const claims = claimsOfPod(pod, this.#cluster);
    if ('waiting' in claims && claims.waiting.length > 0) {
      for (const claim of claims.waiting) this.#select(claim, info.name);
      this.#queue.refused(keyOfPod(pod), priorityOf(pod), ['storage']);
      return;
    }
    const { namespace = '', name } = pod.metadata;
    const binding = { node: info.name, uid: pod.metadata.uid };
    bindPod(this.#machinery, this.#mutations.writer, namespace, name, binding, systemContext(WRITER));
    this.#events.record(pod, {
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      message: `Successfully assigned ${namespace}/${name} to ${info.name}`,
    });
  }

  /** Tells a claim where its volume is wanted. */
  #select(claim: KubeObject, node: string): void {
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node };
    const next = (current: KubeObject) => ({ ...current, metadata: { ...current.metadata, annotations } });
    this.#write('persistentvolumeclaims', claim, '', next);
  }

  #setPromise(pod: Pod, node: string): void {
    this.#write('pods', pod, 'status', (current) => ({
      ...current,
      status: promising(object(current.status), node),
    }));
  }

  #setCondition(pod: Pod, condition: Condition, promise?: string): void {
    const now = isoTime(this.#machinery.clock.now());
    const { generation } = pod.metadata;
    const full = generation === undefined ? condition : { ...condition, observedGeneration: generation };
    this.#write('pods', pod, 'status', (current) => {
      const status = object(current.status);
      const known = array(status.conditions).filter(isObject) as unknown as Condition[];
      const conditions = withCondition(known, full, now);
      const next = { ...status, conditions };
      return { ...current, status: promise === undefined ? next : promising(next, promise) };
    });
  }

  #write(
    resource: string,
    { metadata }: KubeObject,
    subresource: string,
    next: (current: KubeObject) => JsonObject,
  ): void {
    const type = this.#machinery.kinds.builtIn(resource);
    const context = systemContext(WRITER, subresource);
    this.#mutations.writer.update(type, metadata.namespace ?? '', metadata.name, next, context, {
      isTrusted: true,
    });
  }
}

function promising(status: JsonObject, node: string): JsonObject {
  const { nominatedNodeName: _before, ...rest } = status;
  return node ? { ...rest, nominatedNodeName: node } : rest;
}
