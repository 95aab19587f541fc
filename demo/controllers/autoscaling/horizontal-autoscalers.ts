/**
 * The HorizontalPodAutoscaler controller: each autoscaler is looked at 15 s after it came and every 15 s from then on;
 * what the metrics ask for (metric-sources.ts) is bounded (normalize.ts) and written to the target's scale.
 */

import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime, type Machinery, systemContext } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import { at, type JsonObject, number, object, objects } from '../../base/json.ts';
import type { Condition, KubeObject, Pod } from '../../base/types.ts';
import { matchesLabels } from '../../storage/selectors.ts';
import { keyFor, keyParts, MANAGER, writeStatus } from '../framework/controller.ts';
import type { EventRecorder } from '../framework/recorder.ts';
import { WorkQueue } from '../framework/work-queue.ts';
import { behaviorOf, toleranceOf } from './behavior.ts';
import { answerMetric, type MetricAnswer } from './metric-sources.ts';
import { freshMemory, normalize, rescaled, type ScalingMemory } from './normalize.ts';
import { AUTOSCALERS, type ScaleTarget, scaleTarget } from './scale-target.ts';

const SYNC_EVERY_MS = 15_000;
const COMPONENT = 'horizontal-pod-autoscaler';

interface Tools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
}

/** metrics.k8s.io's PodMetrics of a namespace. */
type PodMetrics = (namespace: string) => KubeObject[];

/** One look at one autoscaler: what its status is to become. */
interface Look {
  autoscaler: KubeObject;
  target: ScaleTarget;
  conditions: Condition[];
  least: number;
  most: number;
}

/** What a look comes to: a size and its reason, or nothing to be done. */
interface Outcome {
  desired: number;
  reason: string;
  metrics: JsonObject[] | null;
}

export class HorizontalAutoscalers {
  readonly #tools: Tools;
  readonly #podMetrics: PodMetrics;
  readonly #memories = new Map<string, ScalingMemory>();
  readonly #queue: WorkQueue;
  readonly #unsubscribe: () => void;

  constructor(tools: Tools, podMetrics: PodMetrics) {
    this.#tools = tools;
    this.#podMetrics = podMetrics;
    const { store, clock } = tools.machinery;
    this.#queue = new WorkQueue('horizontal-autoscaler', clock, (key) => this.#sync(key));
    for (const autoscaler of store.list(AUTOSCALERS)) this.#queue.add(keyFor(autoscaler), SYNC_EVERY_MS);
    this.#unsubscribe = store.subscribe(AUTOSCALERS, ({ type, object: autoscaler }) => {
      if (type === 'ADDED') this.#queue.add(keyFor(autoscaler), SYNC_EVERY_MS);
    });
  }

  stop(): void {
    this.#unsubscribe();
    this.#queue.stop();
  }

  #sync(key: string): number | undefined {
    const { machinery } = this.#tools;
    const autoscaler = machinery.store.get(AUTOSCALERS, ...keyParts(key));
    if (!autoscaler || autoscaler.metadata.deletionTimestamp !== undefined) {
      this.#memories.delete(key);
      return autoscaler ? SYNC_EVERY_MS : undefined;
    }
    const target = scaleTarget(machinery, autoscaler);
    if (typeof target === 'string') this.#noTarget(autoscaler, target);
    else this.#look(key, autoscaler, target);
    return SYNC_EVERY_MS;
  }

  #noTarget(autoscaler: KubeObject, why: string): void {
    this.#tell(autoscaler, 'Warning', 'FailedGetScale', why);
    const message = `the HPA controller was unable to get the target's current scale: ${why}`;
    const conditions = this.#set(conditionsOf(autoscaler), 'AbleToScale', 'False', 'FailedGetScale', message);
    this.#write(autoscaler, { ...object(autoscaler.status), conditions });
  }

  #look(key: string, autoscaler: KubeObject, target: ScaleTarget): void {
    const { clock } = this.#tools.machinery;
    const { replicas } = target;
    if (!this.#memories.has(key)) this.#memories.set(key, freshMemory(replicas, clock.now()));
    const look: Look = {
      autoscaler,
      target,
      conditions: this.#set(
        conditionsOf(autoscaler),
        'AbleToScale',
        'True',
        'SucceededGetScale',
        "the HPA controller was able to get the target's current scale",
      ),
      least: number(at(autoscaler.spec, 'minReplicas'), 1),
      most: number(at(autoscaler.spec, 'maxReplicas')),
    };
    const outcome = this.#decide(key, look);
    if (outcome) this.#scale(key, look, outcome);
  }

  /** Undefined when no metric gives a count: the status says so already. */
  #decide(key: string, look: Look): Outcome | undefined {
    const { least, most, target } = look;
    const { replicas } = target;
    if (replicas === 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      look.conditions = this.#set(look.conditions, 'ScalingActive', 'False', 'ScalingDisabled', message);
      return { desired: 0, reason: '', metrics: null };
    }
    if (replicas > most)
      return { desired: most, reason: 'Current number of replicas above Spec.MaxReplicas', metrics: null };
    if (replicas < least)
      return { desired: least, reason: 'Current number of replicas below Spec.MinReplicas', metrics: null };
    return this.#byMetrics(key, look);
  }

  #byMetrics(key: string, look: Look): Outcome | undefined {
    const { autoscaler, target, least, most } = look;
    const { spec } = autoscaler;
    const nowMs = this.#tools.machinery.clock.now();
    const answers = this.#answers(look, nowMs);
    const status = answers?.map((answer) => (answer.kind === 'valid' ? answer.status : { type: '' })) ?? null;
    const best = answers && this.#best(look, answers);
    if (!best) {
      const before = number(object(autoscaler.status).desiredReplicas);
      this.#writeLook(look, { current: target.replicas, desired: before, metrics: status });
      return undefined;
    }
    const wish = { current: target.replicas, desired: best.replicas, least, most, nowMs };
    const behavior = behaviorOf(spec);
    const memory = this.#memories.get(key) as ScalingMemory;
    const decision = normalize(behavior ? { ...wish, behavior } : wish, memory);
    this.#memories.set(key, decision.memory);
    const { ableToScale, limited } = decision;
    look.conditions = this.#set(
      look.conditions,
      'AbleToScale',
      'True',
      ableToScale.reason,
      ableToScale.message,
    );
    const isLimited = limited.isLimited ? 'True' : 'False';
    look.conditions = this.#set(
      look.conditions,
      'ScalingLimited',
      isLimited,
      limited.reason,
      limited.message,
    );
    const reason = best.replicas > target.replicas ? `${best.name} above target` : 'All metrics below target';
    return { desired: decision.replicas, reason, metrics: status };
  }

  /** Undefined when the target's pods cannot be told apart from others'. */
  #answers(look: Look, nowMs: number): MetricAnswer[] | undefined {
    const { autoscaler, target } = look;
    const { namespace = '' } = autoscaler.metadata;
    const { selector } = target;
    if (!selector) {
      this.#refuse(look, 'SelectorRequired', 'selector is required', {
        reason: 'InvalidSelector',
        message: "the HPA target's scale is missing a selector",
      });
      return undefined;
    }
    const picked = (item: KubeObject) => matchesLabels(selector.requirements, item.metadata.labels);
    const pods = (this.#tools.machinery.store.list('pods', namespace) as Pod[]).filter(picked);
    const rivals = this.#rivals(autoscaler, pods);
    if (rivals.length > 1) {
      const message = `pods by selector ${selector.text} are controlled by multiple HPAs: [${rivals.join(' ')}]`;
      this.#refuse(look, 'AmbiguousSelector', message, { reason: 'AmbiguousSelector', message });
      return undefined;
    }
    const situation = {
      namespace,
      pods,
      metrics: this.#podMetrics(namespace).filter(picked),
      currentReplicas: target.replicas,
      tolerance: toleranceOf(autoscaler.spec),
      nowMs,
    };
    return objects(at(autoscaler.spec, 'metrics')).map((metric) => answerMetric(situation, metric));
  }

  /** Every autoscaler whose target picks one of these pods, this one among them. */
  #rivals(autoscaler: KubeObject, pods: Pod[]): string[] {
    const { machinery } = this.#tools;
    const all = machinery.store.list(AUTOSCALERS, autoscaler.metadata.namespace);
    if (all.length < 2) return [];
    return all
      .filter((other) => {
        const target = scaleTarget(machinery, other);
        const selector = typeof target === 'string' ? undefined : target.selector;
        return selector && pods.some(({ metadata }) => matchesLabels(selector.requirements, metadata.labels));
      })
      .map(keyFor);
  }

  #refuse(look: Look, reason: string, message: string, condition: { reason: string; message: string }): void {
    this.#tell(look.autoscaler, 'Warning', reason, message);
    look.conditions = this.#set(
      look.conditions,
      'ScalingActive',
      'False',
      condition.reason,
      condition.message,
    );
    this.#tell(look.autoscaler, 'Warning', 'FailedComputeMetricsReplicas', message);
  }

  /** The largest count wins; a failed metric forbids scaling down, and nothing is done when all have failed. */
  #best(look: Look, answers: MetricAnswer[]): { replicas: number; name: string } | undefined {
    const { autoscaler, target } = look;
    const failures = answers.filter((answer) => answer.kind === 'failed');
    for (const { reason, message } of failures)
      this.#tell(
        autoscaler,
        'Warning',
        reason,
        message.replace(/^the HPA was unable to compute the replica count: /, ''),
      );
    const best = answers
      .filter((answer) => answer.kind === 'valid')
      .reduce<{ replicas: number; name: string } | undefined>(
        (most, answer) => (!most || most.replicas === 0 || answer.replicas > most.replicas ? answer : most),
        undefined,
      );
    const [first] = failures;
    if (first && (!best || best.replicas < target.replicas)) {
      look.conditions = this.#set(look.conditions, 'ScalingActive', 'False', first.reason, first.message);
      const count = `${failures.length} invalid out of ${answers.length}`;
      const message = `invalid metrics (${count}), first error is: ${first.summary}`;
      this.#tell(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', message);
      return undefined;
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best?.name ?? ''}`;
    look.conditions = this.#set(look.conditions, 'ScalingActive', 'True', 'ValidMetricFound', message);
    return best ?? { replicas: 0, name: '' };
  }

  #scale(key: string, look: Look, { desired, reason, metrics }: Outcome): void {
    const { target, autoscaler } = look;
    const current = target.replicas;
    const nowMs = this.#tools.machinery.clock.now();
    if (desired === current) {
      this.#writeLook(look, { current, desired: current, metrics });
      return;
    }
    try {
      this.#writeScale(target, desired);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#tell(
        autoscaler,
        'Warning',
        'FailedRescale',
        `New size: ${desired}; reason: ${reason}; error: ${error.message}`,
      );
      const message = `the HPA controller was unable to update the target scale: ${error.message}`;
      look.conditions = this.#set(look.conditions, 'AbleToScale', 'False', 'FailedUpdateScale', message);
      this.#writeLook(look, { current, desired: number(object(autoscaler.status).desiredReplicas), metrics });
      return;
    }
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    look.conditions = this.#set(look.conditions, 'AbleToScale', 'True', 'SucceededRescale', message);
    this.#tell(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${reason}`);
    const memory = this.#memories.get(key) as ScalingMemory;
    this.#memories.set(key, rescaled(memory, current, desired, nowMs));
    this.#writeLook(look, { current, desired, metrics, lastScaleTime: isoTime(nowMs) });
  }

  #writeScale({ type, object: { metadata } }: ScaleTarget, replicas: number): void {
    this.#tools.mutations.writer.update(
      type,
      metadata.namespace ?? '',
      metadata.name,
      (current) => ({ ...current, spec: { ...object(current.spec), replicas } }),
      systemContext(MANAGER, 'scale'),
      { isTrusted: true },
    );
  }

  #writeLook(
    { autoscaler, conditions }: Look,
    said: { current: number; desired: number; metrics: JsonObject[] | null; lastScaleTime?: string },
  ): void {
    const { current, desired, metrics } = said;
    const lastScaleTime = said.lastScaleTime ?? object(autoscaler.status).lastScaleTime;
    this.#write(autoscaler, {
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
      // Its omitempty leaves a zero out.
      ...(current === 0 ? {} : { currentReplicas: current }),
      desiredReplicas: desired,
      currentMetrics: metrics,
      conditions,
    });
  }

  #write(autoscaler: KubeObject, status: JsonObject): void {
    writeStatus(this.#tools, AUTOSCALERS, autoscaler, status);
  }

  #tell(autoscaler: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#tools.recorder.record(autoscaler, { component: COMPONENT }, { type, reason, message });
  }

  #set(
    conditions: Condition[],
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): Condition[] {
    const now = isoTime(this.#tools.machinery.clock.now());
    const before = conditions.find((condition) => condition.type === type);
    const since = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    const next: Condition = { type, status, reason, message, lastTransitionTime: since };
    return before
      ? conditions.map((condition) => (condition === before ? next : condition))
      : [...conditions, next];
  }
}

const conditionsOf = ({ status }: KubeObject): Condition[] =>
  objects(object(status).conditions) as unknown as Condition[];
