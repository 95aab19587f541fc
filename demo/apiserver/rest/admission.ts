/** Admission: no new content in a namespace that is missing or leaving, and ResourceQuota on pods and counted objects. */
import { at, isObject, type JsonObject, object, objects } from '../../base/json.ts';
import { formatQuantity, parseQuantity, quantityFamily } from '../../base/quantity.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { forbidden, notFound } from '../meta/status.ts';
import type { Machinery } from './context.ts';

export function admitCreate(machinery: Machinery, type: ResourceType, value: KubeObject): void {
  const { namespace } = value.metadata;
  if (!type.namespaced || !namespace) return;
  const holder = machinery.store.get('namespaces', '', namespace);
  if (!holder) throw notFound({ group: '', resource: 'namespaces', kind: 'Namespace' }, namespace);
  if (holder.metadata.deletionTimestamp !== undefined && type.key !== 'events') {
    throw forbidden(
      type,
      value.metadata.name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
  checkQuotas(machinery, type, value, namespace);
}

const TERMINAL = new Set(['Succeeded', 'Failed']);

/** What one pod counts for, in thousandths, by quota resource name. */
export function podUsage(pod: KubeObject): Map<string, bigint> {
  const usage = new Map<string, bigint>();
  if (TERMINAL.has(String(at(pod, 'status', 'phase')))) return usage;
  const add = (name: string, amount: bigint) => usage.set(name, (usage.get(name) ?? 0n) + amount);
  add('pods', 1000n);
  add('count/pods', 1000n);
  for (const container of objects(object(pod.spec).containers)) {
    for (const side of ['requests', 'limits'] as const) {
      for (const [name, written] of Object.entries(object(at(container, 'resources', side)))) {
        add(`${side}.${name}`, parseQuantity(written));
        if (side === 'requests') add(name, parseQuantity(written));
      }
    }
  }
  return usage;
}

/** What a namespace uses of the resources a quota names. Pods are summed; `count/x.group` and plain names are counted. */
export function quotaUsed(
  { store, kinds }: Machinery,
  namespace: string,
  hard: JsonObject,
): Record<string, string> {
  const sums = new Map<string, bigint>();
  for (const pod of store.list('pods', namespace)) {
    for (const [name, amount] of podUsage(pod)) sums.set(name, (sums.get(name) ?? 0n) + amount);
  }
  const used: Record<string, string> = {};
  for (const name of Object.keys(hard)) {
    const counted = kinds
      .all()
      .find((type) => type.namespaced && (name === `count/${type.key}` || name === type.key));
    const amount =
      sums.get(name) ??
      (counted && counted.key !== 'pods' ? BigInt(store.list(counted.key, namespace).length) * 1000n : 0n);
    used[name] = formatQuantity(amount, quantityFamily(name));
  }
  return used;
}

function usageOf(type: ResourceType, value: KubeObject): Map<string, bigint> {
  if (type.key === 'pods') return podUsage(value);
  return new Map([
    [`count/${type.key}`, 1000n],
    [type.key, 1000n],
  ]);
}

function checkQuotas(machinery: Machinery, type: ResourceType, value: KubeObject, namespace: string): void {
  const quotas = machinery.store.list('resourcequotas', namespace);
  if (quotas.length === 0) return;
  const asked = usageOf(type, value);
  for (const quota of quotas) {
    const hard = object(at(quota, 'spec', 'hard'));
    const limited = Object.keys(hard).filter((name) => asked.has(name));
    if (type.key === 'pods') refuseUnspecified(type, value, quota.metadata.name, hard, asked);
    if (limited.length === 0) continue;
    const used = quotaUsed(machinery, namespace, hard);
    const over = limited
      .filter((name) => parseQuantity(used[name]) + (asked.get(name) ?? 0n) > parseQuantity(hard[name]))
      .sort();
    if (over.length === 0) continue;
    const words = (from: (name: string) => string) => over.map((name) => `${name}=${from(name)}`).join(',');
    const requested = words((name) => formatQuantity(asked.get(name) ?? 0n, quantityFamily(name)));
    throw forbidden(
      type,
      value.metadata.name,
      `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${words((name) => used[name] ?? '0')}, limited: ${words((name) => String(hard[name]))}`,
    );
  }
}

const NEEDS_NO_SPEC = /^(pods$|count\/)/;

function refuseUnspecified(
  type: ResourceType,
  value: KubeObject,
  quota: string,
  hard: JsonObject,
  asked: Map<string, bigint>,
): void {
  const names = Object.keys(hard).filter(
    (name) =>
      /^(requests\.|limits\.)?(cpu|memory)$/.test(name) && !NEEDS_NO_SPEC.test(name) && !asked.has(name),
  );
  if (names.length === 0) return;
  const containers = objects(object(value.spec).containers)
    .filter(isObject)
    .map((container) => String(container.name));
  throw forbidden(
    type,
    value.metadata.name,
    `failed quota: ${quota}: must specify ${names.map((name) => `${name} for: ${containers.join(',')}`).join('; ')}`,
  );
}
