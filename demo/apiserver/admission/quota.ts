/** ResourceQuota: a write may not take a namespace beyond what its quotas allow. */
import { at, isObject, object, objects, own, text } from '../../base/json.ts';
import { parseQuantity } from '../../base/quantity.ts';
import type { KubeObject } from '../../base/types.ts';
import { type Amounts, amountText } from './amounts.ts';
import { growsByUpdate, isCountedAs, isInScope, quotaUsed, usageOf } from './quota-usage.ts';
import { type AdmissionRequest, refuse } from './request.ts';

export function checkQuotas(request: AdmissionRequest): void {
  const { machinery, type, value, before } = request;
  const { namespace } = value.metadata;
  if (!type.namespaced || !namespace || (before && !growsByUpdate(type))) return;
  for (const quota of machinery.store.list('resourcequotas', namespace)) {
    const hard = object(at(quota, 'spec', 'hard'));
    const names = Object.keys(hard).filter((name) => isCountedAs(type.key, name));
    if (names.length === 0 || !isInScope(quota, type.key, value)) continue;
    const wasCounted = before !== undefined && isInScope(quota, type.key, before);
    // A pod grows only by coming into a quota's scope.
    if (type.key === 'pods' && wasCounted) continue;
    if (type.key === 'pods') refuseUnspecified(request, quota.metadata.name, names);
    checkQuota(request, quota, names, wasCounted ? before : undefined);
  }
}

function checkQuota(
  request: AdmissionRequest,
  quota: KubeObject,
  names: string[],
  before: KubeObject | undefined,
): void {
  const { machinery, type, value } = request;
  const nowMs = machinery.clock.now();
  const asked = usageOf(type.key, value, nowMs);
  const had: Amounts = before ? usageOf(type.key, before, nowMs) : new Map();
  const growth: Amounts = new Map();
  for (const name of names) {
    const amount = asked.get(name);
    const more = (amount?.value ?? 0n) - (had.get(name)?.value ?? 0n);
    if (amount && more > 0n) growth.set(name, { ...amount, value: more });
  }
  if (growth.size === 0) return;
  const used = quotaUsed(machinery, quota);
  const hard = object(at(quota, 'spec', 'hard'));
  const over = [...growth]
    .filter(
      ([name, { value: more }]) => parseQuantity(own(used, name)) + more > parseQuantity(own(hard, name)),
    )
    .map(([name]) => name)
    .sort();
  if (over.length === 0) return;
  const words = (from: (name: string) => string) => over.map((name) => `${name}=${from(name)}`).join(',');
  const requested = words((name) => amountText(growth.get(name) as { value: bigint; isBinary: boolean }));
  const parts = [
    `exceeded quota: ${quota.metadata.name}`,
    `requested: ${requested}`,
    `used: ${words((name) => String(own(used, name)))}`,
    `limited: ${words((name) => String(own(hard, name)))}`,
  ];
  throw refuse(request, parts.join(', '));
}

/** A quota on cpu or memory asks every container to say what it needs; only a pod that says it as a whole need not. */
function refuseUnspecified(request: AdmissionRequest, quota: string, names: string[]): void {
  const spec = object(request.value.spec);
  if (isObject(spec.resources)) return;
  const containers = [...objects(spec.containers), ...objects(spec.initContainers)];
  const missing = names.sort().flatMap((name) => {
    const match = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name);
    if (!match) return [];
    const [, side = 'requests', resource = ''] = match;
    const silent = containers
      .filter((container) => at(container, 'resources', side, resource) === undefined)
      .map((container) => text(container.name))
      .sort();
    return silent.length === 0 ? [] : [`${name} for: ${[...new Set(silent)].join(',')}`];
  });
  if (missing.length > 0) throw refuse(request, `failed quota: ${quota}: must specify ${missing.join('; ')}`);
}
