import { expect, test } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { amountText, podAmounts } from './amounts.ts';
import { isCountedAs, isInScope, usageOf } from './quota-usage.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const asking = (name: string, cpu: string, rest: JsonObject = {}) => ({
  name,
  resources: { requests: { cpu } },
  ...rest,
});
const object = (spec: JsonObject, rest: JsonObject = {}) =>
  ({ metadata: { name: 'a', namespace: 'n' }, spec, ...rest }) as unknown as KubeObject;
const told = (key: string, value: KubeObject) =>
  Object.fromEntries([...usageOf(key, value, NOW)].map(([name, amount]) => [name, amountText(amount)]));

test('a pod asks for its containers and sidecars, or for what starting it takes', () => {
  const spec = {
    containers: [asking('a', '200m'), asking('b', '300m')],
    initContainers: [asking('side', '100m', { restartPolicy: 'Always' }), asking('init', '900m')],
  };
  expect(amountText(podAmounts(spec, 'requests').get('cpu') as { value: bigint; isBinary: boolean })).toBe(
    '1',
  );
  const pinned = { ...spec, resources: { requests: { cpu: '50m' } } };
  expect(podAmounts(pinned, 'requests').get('cpu')?.value).toBe(50n);
});

test('sums are written as their first part', () => {
  const memory = (written: string) => ({ name: written, resources: { requests: { memory: written } } });
  const sum = (...parts: string[]) =>
    amountText(
      podAmounts({ containers: parts.map(memory) }, 'requests').get('memory') as {
        value: bigint;
        isBinary: boolean;
      },
    );
  expect(sum('512Mi', '512Mi')).toBe('1Gi');
  expect(sum('100M', '100M')).toBe('200M');
  expect(sum('1Gi', '1M')).toBe('1074741824');
});

test('an ended pod counts as an object alone', () => {
  const spec = { containers: [asking('a', '1')] };
  expect(told('pods', object(spec, { status: { phase: 'Succeeded' } }))).toEqual({ 'count/pods': '1' });
  expect(told('pods', object(spec))).toEqual({
    'count/pods': '1',
    pods: '1',
    cpu: '1',
    'requests.cpu': '1',
  });
});

test('services count their doors', () => {
  const service = (spec: JsonObject) =>
    told('services', object({ ports: [{ port: 1 }, { port: 2 }], ...spec }));
  expect(service({ type: 'LoadBalancer' })).toMatchObject({
    'services.loadbalancers': '1',
    'services.nodeports': '2',
  });
  expect(service({ type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })).toMatchObject({
    'services.nodeports': '0',
  });
  expect(service({})).toMatchObject({ services: '1', 'services.nodeports': '0' });
});

test('names belong to kinds', () => {
  expect(isCountedAs('widgets.example.com', 'count/widgets.example.com')).toBe(true);
  expect(isCountedAs('widgets.example.com', 'widgets.example.com')).toBe(false);
  expect(isCountedAs('secrets', 'secrets')).toBe(true);
  expect(isCountedAs('pods', 'requests.example.com/gpu')).toBe(true);
  expect(isCountedAs('pods', 'requests.storage')).toBe(false);
  expect(isCountedAs('persistentvolumeclaims', 'gold.storageclass.storage.k8s.io/requests.storage')).toBe(
    true,
  );
});

const quota = (spec: JsonObject) => object(spec);
const scoped = (...matchExpressions: JsonObject[]) => quota({ scopeSelector: { matchExpressions } });

test('scopes', () => {
  const plain = object({ containers: [{ name: 'a' }] });
  const ending = object({ containers: [asking('a', '1')], activeDeadlineSeconds: 5 });
  const high = object({ containers: [], priorityClassName: 'high' });
  expect(isInScope(quota({}), 'secrets', plain)).toBe(true);
  expect(isInScope(quota({ scopes: ['BestEffort'] }), 'secrets', plain)).toBe(false);
  expect(isInScope(quota({ scopes: ['BestEffort', 'NotTerminating'] }), 'pods', plain)).toBe(true);
  expect(isInScope(quota({ scopes: ['NotBestEffort', 'Terminating'] }), 'pods', ending)).toBe(true);
  expect(isInScope(quota({ scopes: ['Unheard'] }), 'pods', plain)).toBe(false);
  const priority = (operator: string, values: string[] = []) =>
    scoped({ scopeName: 'PriorityClass', operator, values });
  expect(isInScope(priority('In', ['high']), 'pods', high)).toBe(true);
  expect(isInScope(priority('In', ['high']), 'pods', plain)).toBe(false);
  expect(isInScope(priority('NotIn', ['high']), 'pods', plain)).toBe(true);
  expect(isInScope(priority('Exists'), 'pods', high)).toBe(true);
  expect(isInScope(priority('DoesNotExist'), 'pods', high)).toBe(false);
  const affinity = {
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: ['b'] }] },
  };
  expect(isInScope(quota({ scopes: ['CrossNamespacePodAffinity'] }), 'pods', object({ affinity }))).toBe(
    true,
  );
  expect(isInScope(quota({ scopes: ['CrossNamespacePodAffinity'] }), 'pods', plain)).toBe(false);
});
