/**
 * What each entry of an autoscaler's spec.metrics asks for. Resource and ContainerResource are answered from
 * metrics.k8s.io; there is no custom and no external metrics API, and the others fail in the words that has.
 */
import { at, type JsonObject, object, objects, text } from '../../base/json.ts';
import { formatQuantity, parseQuantity } from '../../base/quantity.ts';
import type { KubeObject, Pod } from '../../base/types.ts';
import {
  MetricError,
  type MetricTarget,
  type Proposal,
  proposeReplicas,
  type Sample,
  type ScaledPod,
} from './replica-count.ts';

/** What a metric is answered from. */
export interface Situation {
  namespace: string;
  /** The pods the target's selector picks, and metrics.k8s.io's objects of them. */
  pods: Pod[];
  metrics: KubeObject[];
  currentReplicas: number;
  tolerance: { up: number; down: number };
  nowMs: number;
}

export type MetricAnswer =
  | { kind: 'valid'; replicas: number; name: string; status: JsonObject }
  /** `reason` and `message` are of the condition and its event; `summary` is how all failures are told of together. */
  | { kind: 'failed'; reason: string; message: string; summary: string };

const NO_CUSTOM =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
const NO_TARGET =
  'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set';

const milli = (quantity: unknown): number => {
  const nano = /^(\d+)n$/.exec(text(quantity))?.[1];
  return nano === undefined ? Number(parseQuantity(quantity)) : Math.ceil(Number(nano) / 1e6);
};

function samplesOf({ metrics }: Situation, resource: string, container: string): Map<string, Sample> {
  const found = new Map<string, Sample>();
  for (const item of metrics) {
    const all = objects(item.containers);
    const wanted = container === '' ? all : all.filter(({ name }) => name === container);
    const values = wanted.map((entry) => at(entry, 'usage', resource));
    if (values.length === 0 || values.some((value) => value === undefined)) continue;
    const value = values.reduce((sum: number, quantity) => sum + milli(quantity), 0);
    const windowMs = Number.parseInt(text(item.window), 10) * 1_000;
    found.set(item.metadata.name, { value, takenMs: Date.parse(text(item.timestamp)), windowMs });
  }
  return found;
}

/** Sidecars count with the containers; a container named by the metric counts alone. */
function requestOf({ spec, metadata }: Pod, resource: string, container: string): ScaledPod['request'] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  const all = [...spec.containers, ...sidecars];
  const wanted = container === '' ? all : all.filter(({ name }) => name === container);
  if (wanted.length === 0) return { missing: `container ${container} not found in Pod ${metadata.name}` };
  let sum = 0;
  for (const { name, resources } of wanted) {
    const asked = at(resources, 'requests', resource);
    if (asked === undefined)
      return { missing: `missing request for ${resource} in container ${name} of Pod ${metadata.name}` };
    sum += Number(parseQuantity(asked));
  }
  return sum;
}

function scaledPod(pod: Pod, resource: string, container: string): ScaledPod {
  const { status, metadata } = pod;
  const startedMs = Date.parse(status?.startTime ?? '');
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    isLeaving: metadata.deletionTimestamp !== undefined || status?.phase === 'Failed',
    isPending: status?.phase === 'Pending',
    ...(Number.isNaN(startedMs) ? {} : { startedMs }),
    ...(ready
      ? {
          ready: {
            isFalse: ready.status === 'False',
            sinceMs: Date.parse(ready.lastTransitionTime ?? '') || 0,
          },
        }
      : {}),
    request: requestOf(pod, resource, container),
  };
}

function targetOf(target: JsonObject): MetricTarget | undefined {
  if (target.averageValue !== undefined) return { averageValue: Number(parseQuantity(target.averageValue)) };
  const { averageUtilization } = target;
  return typeof averageUtilization === 'number' ? { averageUtilization } : undefined;
}

function propose(situation: Situation, source: JsonObject, target: MetricTarget): Proposal {
  const [resource, container] = [text(source.name), text(source.container)];
  if (situation.metrics.length === 0)
    throw new MetricError(
      `unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`,
    );
  return proposeReplicas(
    situation.pods.map((pod) => scaledPod(pod, resource, container)),
    samplesOf(situation, resource, container),
    { ...situation, resource, target },
  );
}

function failed(reason: string, why: string, of: string): MetricAnswer {
  const message = `the HPA was unable to compute the replica count: ${why}`;
  return { kind: 'failed', reason, message, summary: `failed to get ${of}: ${why}` };
}

function resourceAnswer(situation: Situation, field: string, source: JsonObject): MetricAnswer {
  const isContainer = field === 'containerResource';
  const resource = text(source.name);
  const reason = isContainer ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric';
  const of = isContainer
    ? `${text(source.container)} container metric value`
    : `${resource} resource metric value`;
  const target = targetOf(object(source.target));
  if (!target) return failed(reason, NO_TARGET, of);
  const isUtilization = 'averageUtilization' in target;
  try {
    const { replicas, utilization, averageValue } = propose(situation, source, target);
    const family = resource === 'memory' ? 'binary' : 'decimal';
    const current = {
      ...(utilization === undefined ? {} : { averageUtilization: utilization }),
      averageValue: formatQuantity(BigInt(averageValue), family),
    };
    const { target: _target, ...identity } = source;
    const words = isContainer ? 'container resource' : 'resource';
    return {
      kind: 'valid',
      replicas,
      name: isUtilization
        ? `${resource} ${words} utilization (percentage of request)`
        : `${resource} resource`,
      status: { type: isContainer ? 'ContainerResource' : 'Resource', [field]: { ...identity, current } },
    };
  } catch (error) {
    if (!(error instanceof MetricError)) throw error;
    return failed(
      reason,
      `failed to get ${resource} ${isUtilization ? 'utilization' : 'usage'}: ${error.message}`,
      of,
    );
  }
}

/** What one entry of spec.metrics comes to. */
export function answerMetric(situation: Situation, metric: JsonObject): MetricAnswer {
  const metricName = (source: unknown) => text(at(source, 'metric', 'name'));
  switch (metric.type) {
    case 'Resource':
      return resourceAnswer(situation, 'resource', object(metric.resource));
    case 'ContainerResource':
      return resourceAnswer(situation, 'containerResource', object(metric.containerResource));
    case 'Pods': {
      const why = `unable to get metric ${metricName(metric.pods)}: ${NO_CUSTOM}`;
      return failed('FailedGetPodsMetric', why, 'pods metric value');
    }
    case 'Object': {
      const described = object(at(metric.object, 'describedObject'));
      const whose = `${text(described.kind)} on ${situation.namespace} ${text(described.name)}`;
      const why = `unable to get metric ${metricName(metric.object)}: ${whose}/${NO_CUSTOM}`;
      return failed('FailedGetObjectMetric', why, 'object metric value');
    }
    case 'External':
      return externalAnswer(situation, object(metric.external));
    default: {
      const why = `unknown metric source type ${JSON.stringify(text(metric.type))}`;
      return { ...failed('InvalidMetricSourceType', why, ''), summary: why } as MetricAnswer;
    }
  }
}

function externalAnswer({ namespace }: Situation, source: JsonObject): MetricAnswer {
  const name = text(at(source, 'metric', 'name'));
  const selector = at(source, 'metric', 'selector') === undefined ? 'nil' : '&LabelSelector{}';
  const why = `unable to get external metric ${namespace}/${name}/${selector}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`;
  const isAverage = at(source, 'target', 'averageValue') !== undefined;
  const inner = isAverage ? 'failed to get %s external metric: ' : 'failed to get external metric %s: ';
  const answer = failed('FailedGetExternalMetric', why, '');
  return {
    ...answer,
    summary: `failed to get ${name} external metric value: ${inner.replace('%s', name)}${why}`,
  } as MetricAnswer;
}
