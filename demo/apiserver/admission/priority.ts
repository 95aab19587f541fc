/** PriorityClasses: the priority of a new pod is its class's, and only one class is the default. */
import { number, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { type AdmissionMachinery, type AdmissionRequest, refuse } from './request.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';

/** Sets a new pod's priority in place. Throws 403 for an unknown class, or a number that is not the class's. */
export function admitPriority(request: AdmissionRequest): void {
  const { machinery, type, value } = request;
  if (type.key !== 'pods') return;
  const spec = object(value.spec);
  const name = text(spec.priorityClassName);
  const chosen = name === '' ? defaultClass(machinery) : machinery.store.get(CLASSES, '', name);
  if (name !== '' && !chosen) throw refuse(request, `no PriorityClass with name ${name} was found`);
  const priority = number(chosen?.value);
  const policy = text(chosen?.preemptionPolicy) || 'PreemptLowerPriority';
  const computed = 'must not be provided in pod spec; priority admission controller computed';
  const from = 'from the given PriorityClass name';
  if (spec.priority !== undefined && spec.priority !== priority)
    throw refuse(
      request,
      `the integer value of priority (${String(spec.priority)}) ${computed} ${priority} ${from}`,
    );
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    throw refuse(
      request,
      `the string value of PreemptionPolicy (${String(spec.preemptionPolicy)}) ${computed} ${policy} ${from}`,
    );
  if (chosen) spec.priorityClassName = chosen.metadata.name;
  spec.priority = priority;
  spec.preemptionPolicy = policy;
}

/** Of several defaults, which only a race can make, the lowest counts. */
function defaultClass({ store }: AdmissionMachinery): KubeObject | undefined {
  const all = store.list(CLASSES).filter((item) => item.globalDefault === true);
  return all.sort((a, b) => number(a.value) - number(b.value))[0];
}

export function checkPriorityClass(request: AdmissionRequest): void {
  const { machinery, type, value, before } = request;
  if (type.key !== CLASSES || value.globalDefault !== true) return;
  const other = defaultClass(machinery);
  if (other && (!before || other.metadata.name !== value.metadata.name))
    throw refuse(
      request,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    );
}
