/**
 * The shop's bad hour, as a timeline from the start: a config of payments-api that cannot work, the crash loops that
 * follow, the alerts they raise, and a node that is lost on top of it. The alert manager tells of what it pages people
 * for as events, as its event receivers do.
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

interface Alert {
  at: string;
  kind: string;
  namespace: string;
  name: string;
  message: string;
  isOver?: boolean;
}

const alert = ({ at, isOver = false, ...rest }: Alert): TimelineStep => ({
  at,
  act: {
    kind: 'tell',
    event: {
      ...rest,
      type: isOver ? 'Normal' : 'Warning',
      reason: isOver ? 'AlertResolved' : 'AlertFiring',
      source: 'alertmanager',
    },
  },
});

const payments = { kind: 'Deployment', namespace: NAMESPACE, name: 'payments-api' };
const lost = { kind: 'Node', namespace: '', name: 'worker-c1' };

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
  alert({
    at: '1m30s',
    ...payments,
    message: 'KubePodCrashLooping, severity warning: pods of payments-api restart again and again',
  }),
  { at: '2m', act: { kind: 'silence-node', node: 'worker-c1' } },
  alert({
    at: '3m',
    ...payments,
    message: 'PaymentErrorRatioHigh, severity critical: 2.8 % of payments fail, limit 0.5 %',
  }),
  alert({
    at: '4m',
    ...lost,
    message: 'KubeNodeUnreachable, severity critical: worker-c1 is not heard of for 2 min',
  }),
  alert({
    at: '10m32s',
    ...payments,
    message: 'KubeDeploymentRolloutStuck, severity warning: payments-api does not progress',
  }),
  { at: '20m', act: { kind: 'revive-node', node: 'worker-c1' } },
  alert({ at: '21m', ...lost, isOver: true, message: 'KubeNodeUnreachable: worker-c1 is heard of again' }),
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
