/** PodSecurity: pods are held against their namespace's labels, workloads are warned of, new labels tell of old pods. */
import { at, equal, isObject, type JsonObject, object, objects } from '../../../base/json.ts';
import type { KubeObject } from '../../../base/types.ts';
import { invalid } from '../../meta/status.ts';
import { type AdmissionRequest, refuse } from '../request.ts';
import { compareLevels, gradeText, type Policy, policyOf, violations, violationText } from './policy.ts';
import type { PodLike } from './words.ts';

/** Where the kinds that make pods keep the template. */
const TEMPLATES = new Map<string, string[]>([
  ['deployments.apps', ['spec', 'template']],
  ['replicasets.apps', ['spec', 'template']],
  ['statefulsets.apps', ['spec', 'template']],
  ['daemonsets.apps', ['spec', 'template']],
  ['replicationcontrollers', ['spec', 'template']],
  ['jobs.batch', ['spec', 'template']],
  ['cronjobs.batch', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** At most so many pods of a namespace are looked at when its label changes. */
const MOST_PODS = 3_000;

/** Throws 403 or 422; warnings go to the request's context. */
export function checkPodSecurity(request: AdmissionRequest): void {
  const { machinery, type, value, before, context } = request;
  if (type.key === 'namespaces') checkNamespace(request);
  const path = TEMPLATES.get(type.key);
  if (type.key !== 'pods' && !path) return;
  const namespace = machinery.store.get('namespaces', '', value.metadata.namespace ?? '');
  const policy = policyOf(namespace?.metadata.labels);
  if (policy.enforce.level === 'privileged' && policy.warn.level === 'privileged') return;
  const holder = path ? at(value, ...path) : value;
  if (!isObject(holder)) return;
  if (type.key === 'pods' && before && !hasNewImage(value, before)) return;
  const pod = podLike(holder);
  if (!path) refusePod(request, policy, pod);
  const found = violations(policy.warn, pod);
  if (found.length > 0)
    context.warnings.push(`would violate PodSecurity "${gradeText(policy.warn)}": ${violationText(found)}`);
}

const podLike = (holder: JsonObject): PodLike => ({
  annotations: object(at(holder, 'metadata', 'annotations')),
  spec: object(holder.spec),
});

function refusePod(request: AdmissionRequest, { enforce }: Policy, pod: PodLike): void {
  const found = violations(enforce, pod);
  if (found.length > 0)
    throw refuse(request, `violates PodSecurity "${gradeText(enforce)}": ${violationText(found)}`);
}

/** Of all that may change in a pod only images matter here, and containers that are added. */
function hasNewImage(value: KubeObject, before: KubeObject): boolean {
  const images = (pod: KubeObject) =>
    ['initContainers', 'containers', 'ephemeralContainers'].map((key) =>
      objects(at(pod, 'spec', key)).map(({ image }) => image),
    );
  return !equal(images(value), images(before));
}

function checkNamespace({ machinery, type, value, before, context }: AdmissionRequest): void {
  const next = policyOf(value.metadata.labels);
  const last = before && policyOf(before.metadata.labels);
  if (next.faults.length > 0 && !equal(next.faults, last?.faults ?? []))
    throw invalid(type, value.metadata.name, next.faults);
  if (!last || equal(next.enforce, last.enforce) || next.enforce.level === 'privileged') return;
  const isRelaxed = compareLevels(next.enforce.level, last.enforce.level) < 1;
  if (isRelaxed && next.enforce.version === last.enforce.version) return;
  const pods = machinery.store.list('pods', value.metadata.name);
  const byReason = new Map<string, string[]>();
  for (const pod of pods.slice(0, MOST_PODS)) {
    const reason = violations(next.enforce, podLike(pod))
      .map((found) => found.reason)
      .join(', ');
    if (reason) byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name]);
  }
  if (pods.length > MOST_PODS)
    context.warnings.push(
      `new PodSecurity enforce level only checked against the first ${MOST_PODS} of ${pods.length} existing pods`,
    );
  if (byReason.size === 0) return;
  context.warnings.push(
    `existing pods in namespace "${value.metadata.name}" violate the new PodSecurity enforce level "${gradeText(next.enforce)}"`,
    ...[...byReason].map(([reason, names]) => `${andOthers(names)}: ${reason}`).sort(),
  );
}

/** Names come sorted. */
function andOthers([first = '', ...others]: string[]): string {
  if (others.length === 0) return first;
  return `${first} (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
}
