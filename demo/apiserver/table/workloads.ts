/** Cells of workloads, jobs and autoscalers. */
import { array, at, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import {
  age,
  type Cell,
  type CellPrinter,
  containerImages,
  containerNames,
  count,
  orNone,
  pairs,
  selector,
  template,
} from './cells.ts';
import { humanDuration, since } from './durations.ts';

const wide = (value: KubeObject): Cell[] => [
  containerNames(template(value)),
  containerImages(template(value)),
  selector(at(value, 'spec', 'selector')),
];

function jobCells(job: KubeObject, nowMs: number): Cell[] {
  const spec = object(job.spec);
  const status = object(job.status);
  const completions =
    spec.completions === undefined
      ? count(spec.parallelism) > 1
        ? `1 of ${count(spec.parallelism)}`
        : '1'
      : String(spec.completions);
  const start = Date.parse(text(status.startTime));
  const end = Date.parse(text(status.completionTime));
  const duration = Number.isNaN(start) ? '' : humanDuration((Number.isNaN(end) ? nowMs : end) - start);
  return [
    job.metadata.name,
    jobStatus(job),
    `${count(status.succeeded)}/${completions}`,
    duration,
    age(job, nowMs),
    ...wide(job),
  ];
}

function jobStatus(job: KubeObject): string {
  const isTrue = (type: string) =>
    objects(at(job, 'status', 'conditions')).some(
      (condition) => condition.type === type && condition.status === 'True',
    );
  if (isTrue('Complete')) return 'Complete';
  if (isTrue('Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (isTrue('Suspended')) return 'Suspended';
  if (isTrue('FailureTarget')) return 'FailureTarget';
  return isTrue('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function cronJobCells(job: KubeObject, nowMs: number): Cell[] {
  const spec = object(job.spec);
  const podSpec = object(at(spec, 'jobTemplate', 'spec', 'template', 'spec'));
  const last = at(job, 'status', 'lastScheduleTime');
  return [
    job.metadata.name,
    text(spec.schedule),
    text(spec.timeZone) || '<none>',
    spec.suspend === true ? 'True' : 'False',
    array(at(job, 'status', 'active')).length,
    last === undefined ? '<none>' : since(last, nowMs),
    age(job, nowMs),
    containerNames(podSpec),
    containerImages(podSpec),
    selector(at(spec, 'jobTemplate', 'spec', 'selector')),
  ];
}

function autoscalerCells(scaler: KubeObject, nowMs: number): Cell[] {
  const spec = object(scaler.spec);
  const target = object(spec.scaleTargetRef);
  return [
    scaler.metadata.name,
    `${text(target.kind)}/${text(target.name)}`,
    targets(objects(spec.metrics), objects(at(scaler, 'status', 'currentMetrics'))),
    spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
    count(spec.maxReplicas),
    count(at(scaler, 'status', 'currentReplicas')),
    age(scaler, nowMs),
  ];
}

function targets(wanted: JsonObject[], current: JsonObject[]): string {
  const words = wanted.map((metric, index) => {
    const name = text(at(metric, 'resource', 'name')) || text(metric.type);
    const goal = at(metric, 'resource', 'target', 'averageUtilization');
    const now = at(current[index], 'resource', 'current', 'averageUtilization');
    if (goal !== undefined)
      return `${name}: ${now === undefined ? '<unknown>' : `${String(now)}%`}/${String(goal)}%`;
    return `${name}: ${String(at(current[index], 'resource', 'current', 'averageValue') ?? '<unknown>')}/${String(at(metric, 'resource', 'target', 'averageValue') ?? '<unknown>')}`;
  });
  return orNone(words.join(', '));
}

export const WORKLOAD_CELLS: Record<string, CellPrinter> = {
  'deployments.apps': (value, nowMs) => [
    value.metadata.name,
    `${count(at(value, 'status', 'readyReplicas'))}/${count(at(value, 'spec', 'replicas'))}`,
    count(at(value, 'status', 'updatedReplicas')),
    count(at(value, 'status', 'availableReplicas')),
    age(value, nowMs),
    ...wide(value),
  ],
  'replicasets.apps': (value, nowMs) => [
    value.metadata.name,
    count(at(value, 'spec', 'replicas')),
    count(at(value, 'status', 'replicas')),
    count(at(value, 'status', 'readyReplicas')),
    age(value, nowMs),
    ...wide(value),
  ],
  'statefulsets.apps': (value, nowMs) => [
    value.metadata.name,
    `${count(at(value, 'status', 'readyReplicas'))}/${count(at(value, 'spec', 'replicas'))}`,
    age(value, nowMs),
    containerNames(template(value)),
    containerImages(template(value)),
  ],
  'daemonsets.apps': (value, nowMs) => [
    value.metadata.name,
    count(at(value, 'status', 'desiredNumberScheduled')),
    count(at(value, 'status', 'currentNumberScheduled')),
    count(at(value, 'status', 'numberReady')),
    count(at(value, 'status', 'updatedNumberScheduled')),
    count(at(value, 'status', 'numberAvailable')),
    pairs(at(value, 'spec', 'template', 'spec', 'nodeSelector')),
    age(value, nowMs),
    ...wide(value),
  ],
  'controllerrevisions.apps': (value, nowMs) => {
    const owner = value.metadata.ownerReferences?.find((reference) => reference.controller);
    const group = owner?.apiVersion.split('/')[0];
    return [
      value.metadata.name,
      owner ? `${owner.kind.toLowerCase()}.${group}/${owner.name}` : '<none>',
      count(value.revision),
      age(value, nowMs),
    ];
  },
  'jobs.batch': jobCells,
  'cronjobs.batch': cronJobCells,
  'horizontalpodautoscalers.autoscaling': autoscalerCells,
};
