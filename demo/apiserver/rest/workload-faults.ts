/** Rules of the workload kinds that go over several fields: update strategies, deadlines, restart policies. */
import { at, type JsonObject, object } from '../../base/json.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { type FieldFault, invalidValue } from '../meta/status.ts';

const PERCENT_WORDS =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

const amountOf = (value: unknown): number =>
  typeof value === 'number' ? value : Number.parseInt(String(value ?? 0), 10) || 0;

/** A count that is not negative, or a percentage of at most a hundred. */
function amountFaults(field: string, value: unknown, isBounded: boolean): FieldFault[] {
  if (typeof value === 'number')
    return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
  if (typeof value !== 'string') return [];
  if (!/^[0-9]+%$/.test(value)) return [invalidValue(field, value, PERCENT_WORDS)];
  return isBounded && amountOf(value) > 100
    ? [invalidValue(field, value, 'must not be greater than 100%')]
    : [];
}

const forbidden = (field: string, words: string): FieldFault => ({
  field,
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${words}`,
});

const missing = (field: string, words: string): FieldFault => ({
  field,
  reason: 'FieldValueRequired',
  message: `Required value: ${words}`,
});

function deploymentFaults(spec: JsonObject): FieldFault[] {
  const strategy = object(spec.strategy);
  const path = 'spec.strategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = object(strategy.rollingUpdate);
  const faults: FieldFault[] = [];
  if (strategy.type === 'Recreate' && strategy.rollingUpdate !== undefined)
    faults.push(forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
  if (strategy.type === 'RollingUpdate') {
    const amounts = [
      ...amountFaults(`${path}.maxUnavailable`, maxUnavailable, true),
      ...amountFaults(`${path}.maxSurge`, maxSurge, false),
    ];
    faults.push(...amounts);
    if (amounts.length === 0 && amountOf(maxSurge) === 0 && amountOf(maxUnavailable) === 0)
      faults.push(
        invalidValue(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
      );
  }
  const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
  if (typeof progressDeadlineSeconds === 'number' && progressDeadlineSeconds <= Number(minReadySeconds))
    faults.push(
      invalidValue(
        'spec.progressDeadlineSeconds',
        progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  return faults;
}

function daemonFaults(spec: JsonObject): FieldFault[] {
  const strategy = object(spec.updateStrategy);
  if (strategy.type !== 'RollingUpdate') return [];
  const path = 'spec.updateStrategy.rollingUpdate';
  const { maxSurge, maxUnavailable } = object(strategy.rollingUpdate);
  const amounts = [
    ...amountFaults(`${path}.maxUnavailable`, maxUnavailable, true),
    ...amountFaults(`${path}.maxSurge`, maxSurge, true),
  ];
  if (amounts.length > 0) return amounts;
  const [surge, unavailable] = [amountOf(maxSurge), amountOf(maxUnavailable)];
  if (surge > 0 && unavailable > 0)
    return [invalidValue(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')];
  return surge === 0 && unavailable === 0
    ? [missing(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]
    : [];
}

function jobFaults(spec: JsonObject, path: string): FieldFault[] {
  const faults: FieldFault[] = [];
  if (spec.completionMode === 'Indexed' && spec.completions === undefined)
    faults.push(missing(`${path}.completions`, 'when completion mode is Indexed'));
  const policy = at(spec, 'template', 'spec', 'restartPolicy');
  if (policy !== 'OnFailure' && policy !== 'Never')
    faults.push(missing(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  return faults;
}

function restartFaults(spec: JsonObject): FieldFault[] {
  const policy = at(spec, 'template', 'spec', 'restartPolicy');
  if (policy === undefined || policy === 'Always') return [];
  const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: "Always"`;
  return [{ field: 'spec.template.spec.restartPolicy', reason: 'FieldValueNotSupported', message }];
}

export function workloadFaults(type: ResourceType, spec: JsonObject): FieldFault[] {
  switch (type.key) {
    case 'deployments.apps':
      return [...restartFaults(spec), ...deploymentFaults(spec)];
    case 'daemonsets.apps':
      return [...restartFaults(spec), ...daemonFaults(spec)];
    case 'replicasets.apps':
    case 'statefulsets.apps':
      return restartFaults(spec);
    case 'jobs.batch':
      return jobFaults(spec, 'spec');
    case 'cronjobs.batch':
      return jobFaults(object(at(spec, 'jobTemplate', 'spec')), 'spec.jobTemplate.spec');
    default:
      return [];
  }
}
