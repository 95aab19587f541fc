/**
 * What objects count for in a ResourceQuota: one kind, one way of counting. Pods, services and claims have resources of
 * their own; every kind has `count/x.group`, and a few older ones also their plain name.
 */
import { at, type JsonObject, number, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { qosClass } from '../schema/defaults.ts';
import { type Amounts, addAmounts, amountOf, amountText, count, podAmounts } from './amounts.ts';
import type { AdmissionMachinery } from './request.ts';

const BY_CLASS = '.storageclass.storage.k8s.io/';
const COUNTED_BY_NAME = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

const TERMINAL = new Set(['Succeeded', 'Failed']);

/** What one object uses, by the names quotas know. */
export function usageOf(key: string, value: KubeObject, nowMs: number): Amounts {
  const usage: Amounts = new Map([[`count/${key}`, count(1)]]);
  if (COUNTED_BY_NAME.has(key)) usage.set(key, count(1));
  if (key === 'pods') addAmounts(usage, podUsage(value, nowMs));
  if (key === 'services') addAmounts(usage, serviceUsage(object(value.spec)));
  if (key === 'persistentvolumeclaims') addAmounts(usage, claimUsage(object(value.spec)));
  return usage;
}

/** Nothing once it has ended, or should have left long ago. */
function podUsage(pod: KubeObject, nowMs: number): Amounts {
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  const isOverdue =
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds !== undefined &&
    Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000 < nowMs;
  if (isOverdue || TERMINAL.has(text(at(pod, 'status', 'phase')))) return new Map();
  const usage: Amounts = new Map([['pods', count(1)]]);
  for (const [name, amount] of podAmounts(object(pod.spec), 'requests')) {
    usage.set(`requests.${name}`, amount);
    if (/^(cpu|memory|ephemeral-storage|hugepages-.*)$/.test(name)) usage.set(name, amount);
  }
  for (const [name, amount] of podAmounts(object(pod.spec), 'limits')) usage.set(`limits.${name}`, amount);
  return usage;
}

function serviceUsage(spec: JsonObject): Amounts {
  const isBalanced = spec.type === 'LoadBalancer';
  const ports = objects(spec.ports);
  const nodePorts =
    isBalanced && spec.allocateLoadBalancerNodePorts === false
      ? ports.filter(({ nodePort }) => number(nodePort) > 0)
      : ports;
  return new Map([
    ['services', count(1)],
    ['services.loadbalancers', count(isBalanced ? 1 : 0)],
    ['services.nodeports', count(isBalanced || spec.type === 'NodePort' ? nodePorts.length : 0)],
  ]);
}

function claimUsage(spec: JsonObject): Amounts {
  const storage = at(spec, 'resources', 'requests', 'storage');
  const usage: Amounts = new Map([['persistentvolumeclaims', count(1)]]);
  if (storage !== undefined) usage.set('requests.storage', amountOf(storage));
  const className = text(spec.storageClassName);
  if (className === '') return usage;
  return new Map([
    ...usage,
    ...[...usage].map(([name, amount]): [string, typeof amount] => [
      `${className}${BY_CLASS}${name}`,
      amount,
    ]),
  ]);
}

/** The names of a quota that objects of this kind could ever use. */
export function isCountedAs(key: string, name: string): boolean {
  if (name === `count/${key}`) return true;
  if (COUNTED_BY_NAME.has(key)) return name === key;
  if (key === 'services') return /^services(\.loadbalancers|\.nodeports)?$/.test(name);
  if (key === 'persistentvolumeclaims')
    return /^(.+\.storageclass\.storage\.k8s\.io\/)?(persistentvolumeclaims|requests\.storage)$/.test(name);
  if (key !== 'pods' || name === 'requests.storage') return false;
  return /^(pods|cpu|memory|ephemeral-storage|hugepages-.*|limits\.(cpu|memory|ephemeral-storage)|requests\..*)$/.test(
    name,
  );
}

const hasScopes = (quota: KubeObject): boolean =>
  at(quota, 'spec', 'scopes') !== undefined || at(quota, 'spec', 'scopeSelector') !== undefined;

/** Whether an object is one of those a quota is for. Only pods have scopes. */
export function isInScope(quota: KubeObject, key: string, value: KubeObject): boolean {
  if (!hasScopes(quota)) return true;
  if (key !== 'pods') return false;
  const plain = (at(quota, 'spec', 'scopes') as unknown[] | undefined) ?? [];
  const requirements = [
    ...plain.map((scopeName): JsonObject => ({ scopeName, operator: 'Exists' })),
    ...objects(at(quota, 'spec', 'scopeSelector', 'matchExpressions')),
  ];
  return requirements.every((requirement) => matchesScope(requirement, object(value.spec)));
}

function matchesScope({ scopeName, operator, values }: JsonObject, spec: JsonObject): boolean {
  const isTerminating = number(spec.activeDeadlineSeconds, -1) >= 0;
  switch (scopeName) {
    case 'Terminating':
      return isTerminating;
    case 'NotTerminating':
      return !isTerminating;
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort';
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort';
    case 'PriorityClass': {
      const name = text(spec.priorityClassName);
      const isListed = Array.isArray(values) && values.includes(name);
      if (operator === 'In') return name !== '' && isListed;
      if (operator === 'NotIn') return name === '' || !isListed;
      return operator === 'DoesNotExist' ? name === '' : name !== '';
    }
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(object(spec.affinity));
    default:
      return false;
  }
}

function reachesOtherNamespaces(affinity: JsonObject): boolean {
  return [affinity.podAffinity, affinity.podAntiAffinity].some((side) =>
    [
      ...objects(at(side, 'requiredDuringSchedulingIgnoredDuringExecution')),
      ...objects(at(side, 'preferredDuringSchedulingIgnoredDuringExecution')).map(({ podAffinityTerm }) =>
        object(podAffinityTerm),
      ),
    ].some(
      (term) =>
        objects([term.namespaceSelector]).length > 0 || (term.namespaces as unknown[] | undefined)?.length,
    ),
  );
}

/** What a quota's namespace uses of everything the quota names, written as its status has it. */
export function quotaUsed(
  { store, kinds, clock }: AdmissionMachinery,
  quota: KubeObject,
): Record<string, string> {
  const names = Object.keys(object(at(quota, 'spec', 'hard')));
  const sums: Amounts = new Map();
  const keys = new Set(kinds.all().flatMap((type) => (type.namespaced ? [type.key] : [])));
  for (const key of keys) {
    if (!names.some((name) => isCountedAs(key, name))) continue;
    for (const value of store.list(key, quota.metadata.namespace))
      if (isInScope(quota, key, value)) addAmounts(sums, usageOf(key, value, clock.now()));
  }
  return Object.fromEntries(names.map((name) => [name, amountText(sums.get(name) ?? count(0))]));
}

/** Kinds whose use can grow by an update. */
export const growsByUpdate = (type: ResourceType): boolean =>
  type.key === 'services' || type.key === 'persistentvolumeclaims' || type.key === 'pods';
