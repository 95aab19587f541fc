/**
 * The shop's bad hour, as a timeline from the start: a config of payments-api that cannot work, the crash loops that
 * follow, and a node that is lost on top of it.
 */
import { CALM } from './calm.ts';
import type { Scenario, SeedObject, TimelineStep } from './scenario.ts';

const NAMESPACE = 'payments';
const CHECKSUM = 'checksum/config';
const GOOD = '4c1f7a20';
const BAD = '9e03bb51';

const config: SeedObject = {
  resource: 'configmaps',
  namespace: NAMESPACE,
  age: '74d',
  object: {
    metadata: { name: 'payments-config' },
    data: { PSP_URL: 'https://psp.example.com/v2', PSP_TIMEOUT_MS: '2500' },
  },
};

const TIMELINE: TimelineStep[] = [
  {
    at: '30s',
    act: {
      kind: 'patch',
      resource: 'configmaps',
      namespace: NAMESPACE,
      name: 'payments-config',
      manager: 'argocd-controller',
      patch: { data: { PSP_URL: 'htps://psp.example.com/v3' } },
    },
  },
  {
    at: '32s',
    act: {
      kind: 'patch',
      resource: 'deployments.apps',
      namespace: NAMESPACE,
      name: 'payments-api',
      manager: 'argocd-controller',
      patch: {
        metadata: { annotations: { 'kubernetes.io/change-cause': 'PAY-733 new PSP endpoint' } },
        spec: { template: { metadata: { annotations: { [CHECKSUM]: BAD } } } },
      },
    },
  },
  { at: '2m', act: { kind: 'silence-node', node: 'worker-c1' } },
  { at: '20m', act: { kind: 'revive-node', node: 'worker-c1' } },
];

export const INCIDENT: Scenario = {
  ...CALM,
  name: 'incident',
  workloads: CALM.workloads.map((workload) =>
    workload.namespace === NAMESPACE && workload.name === 'payments-api'
      ? { ...workload, templateAnnotations: { [CHECKSUM]: GOOD } }
      : workload,
  ),
  objects: [...CALM.objects, config],
  stories: [
    {
      image: 'shop/payments-api:',
      annotation: { key: CHECKSUM, value: BAD },
      story: {
        kind: 'crash',
        exitCode: 1,
        afterMs: 2_000,
        message: 'config: PSP_URL: unsupported protocol scheme "htps"',
      },
    },
    ...CALM.stories,
  ],
  timeline: TIMELINE,
};
