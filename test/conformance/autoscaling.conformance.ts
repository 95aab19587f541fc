/**
 * HorizontalPodAutoscalers. An autoscaler is first looked at 15 s after it came, so all of them are made before the
 * first case and looked at together. The real control plane of these tests has no metrics-server: what needs figures is
 * held against the documented algorithm on the demo.
 */
import { beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import { create, deployment, eventually, expectCode, image, ownNamespace, read } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

const conform = topic('autoscaling');
const scope = ownNamespace('autoscaling');
const autoscalers = `/apis/autoscaling/v2/namespaces/${scope.namespace}/horizontalpodautoscalers`;
const slow = { timeoutMs: 120_000 };
const lookMs = 60_000;

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
}

const sized = (name: string, replicas: number, requests?: object): object => {
  const labels = { app: name };
  const containers = [{ name: 'main', image, ...(requests ? { resources: { requests } } : {}) }];
  return deployment(name, replicas, { template: { metadata: { labels }, spec: { containers } } });
};

const autoscaler = (name: string, rest: object, of = name): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: of }, maxReplicas: 5, ...rest },
});

const metric = (type: string, source: object): object => {
  const field = type[0]?.toLowerCase() + type.slice(1);
  return { metrics: [{ type, [field]: source }] };
};
const utilization = { type: 'Utilization', averageUtilization: 15 };
const averageValue = { type: 'AverageValue', averageValue: '10' };

/** One deployment and one autoscaler each, made before the first case. */
const made: [deployment: object | undefined, autoscaler: object][] = [
  [undefined, autoscaler('gone', {})],
  [
    undefined,
    autoscaler('kindless', { scaleTargetRef: { apiVersion: 'nope.example/v1', kind: 'Thing', name: 'x' } }),
  ],
  [sized('zero', 0), autoscaler('zero', {})],
  [sized('many', 4), autoscaler('many', { maxReplicas: 2 })],
  [sized('few', 1), autoscaler('few', { minReplicas: 3 })],
  [sized('bare', 1), autoscaler('bare', metric('Resource', { name: 'cpu', target: utilization }))],
  [
    sized('boxed', 1),
    autoscaler('boxed', metric('ContainerResource', { name: 'cpu', container: 'main', target: utilization })),
  ],
  [sized('pods', 1), autoscaler('pods', metric('Pods', { metric: { name: 'rps' }, target: averageValue }))],
  [
    sized('object', 1),
    autoscaler(
      'object',
      metric('Object', {
        metric: { name: 'rps' },
        describedObject: { apiVersion: 'v1', kind: 'Service', name: 'web' },
        target: { type: 'Value', value: '10' },
      }),
    ),
  ],
  [
    sized('external', 1),
    autoscaler('external', metric('External', { metric: { name: 'queue' }, target: averageValue })),
  ],
  [sized('shared', 1), autoscaler('shared', {})],
  [undefined, autoscaler('rival', {}, 'shared')],
  [
    sized('measured', 1, { cpu: '100m' }),
    autoscaler('measured', metric('Resource', { name: 'cpu', target: utilization })),
  ],
];

beforeAll(async () => {
  for (const [workload, scaler] of made) {
    if (workload) await create(scope.apps('deployments'), workload);
    await create(autoscalers, scaler);
  }
});

const conditionsOf = ({ status }: KubeObject): Condition[] => (status.conditions ?? []) as Condition[];

/** The autoscaler once a condition of it has this reason. */
function said(name: string, type: string, reason: string): Promise<[KubeObject, Condition]> {
  const look = async (): Promise<[KubeObject, Condition] | undefined> => {
    const object = await read(`${autoscalers}/${name}`);
    const found = conditionsOf(object).find((each) => each.type === type);
    return found?.reason === reason ? [object, found] : undefined;
  };
  return eventually(`${name}: ${type} ${reason}`, look, lookMs);
}

async function eventsOf(name: string): Promise<string[]> {
  const fieldSelector = `involvedObject.kind=HorizontalPodAutoscaler,involvedObject.name=${name}`;
  const { list } = expectCode(await admin.get(scope.core('events'), { fieldSelector }), 200);
  return list.items.map((event) => {
    const { type, reason, message } = event as unknown as Record<string, string>;
    return `${type} ${reason}: ${message}`;
  });
}

conform('an autoscaler that names no metric goes by 80 % of the CPU', async () => {
  const { spec } = await read(`${autoscalers}/zero`);
  expect(spec).toEqual({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'zero' },
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
      },
    ],
  });
});

conform('a behavior is filled up in both directions', async () => {
  const scaleDown = { selectPolicy: 'Disabled' };
  const { spec } = await create(autoscalers, autoscaler('behaved', { behavior: { scaleDown } }, 'nobody'));
  expect(spec.behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Disabled', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  });
});

conform(
  'a target that is not there is told of',
  async () => {
    const [object, condition] = await said('gone', 'AbleToScale', 'FailedGetScale');
    const why = 'deployments.apps "gone" not found';
    expect(condition).toMatchObject({
      status: 'False',
      message: `the HPA controller was unable to get the target's current scale: ${why}`,
    });
    expect(conditionsOf(object)).toHaveLength(1);
    expect(await eventsOf('gone')).toEqual([`Warning FailedGetScale: ${why}`]);
  },
  slow,
);

conform(
  'a target of a kind nobody knows is told of',
  async () => {
    const [, { message }] = await said('kindless', 'AbleToScale', 'FailedGetScale');
    expect(message).toMatch(/: no matches for kind "Thing" in group "nope.example"$/);
  },
  slow,
);

conform(
  'zero replicas switch an autoscaler off',
  async () => {
    const [object, condition] = await said('zero', 'ScalingActive', 'ScalingDisabled');
    expect(condition).toMatchObject({
      status: 'False',
      message: 'scaling is disabled since the replica count of the target is zero',
    });
    expect(object.status).toMatchObject({ desiredReplicas: 0, currentMetrics: null });
    expect(object.status).not.toHaveProperty('currentReplicas');
  },
  slow,
);

conform(
  'more than the most is taken back without asking a metric',
  async () => {
    const reason = 'Current number of replicas above Spec.MaxReplicas';
    const told = await eventually(
      'the event of the rescale',
      async () => (await eventsOf('many')).find((line) => line.includes('SuccessfulRescale')),
      lookMs,
    );
    expect(told).toBe(`Normal SuccessfulRescale: New size: 2; reason: ${reason}`);
    const { spec, metadata } = await read(scope.apps('deployments', 'many'));
    expect(spec.replicas).toBe(2);
    expect(metadata.managedFields).toContainEqual(
      expect.objectContaining({ manager: 'kube-controller-manager', subresource: 'scale' }),
    );
    const { status } = await read(`${autoscalers}/many`);
    expect(status).toMatchObject({ desiredReplicas: 2, lastScaleTime: expect.any(String) });
  },
  slow,
);

conform(
  'fewer than the least are made up without asking a metric',
  async () => {
    const enough = async (): Promise<KubeObject | undefined> => {
      const object = await read(scope.apps('deployments', 'few'));
      return object.spec.replicas === 3 ? object : undefined;
    };
    await eventually('three replicas', enough, lookMs);
    const reason = 'Current number of replicas below Spec.MinReplicas';
    const told = await eventually(
      'the event of the rescale',
      async () => (await eventsOf('few')).find((line) => line.includes('SuccessfulRescale')),
      lookMs,
    );
    expect(told).toBe(`Normal SuccessfulRescale: New size: 3; reason: ${reason}`);
  },
  slow,
);

const NO_CUSTOM =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';

for (const [name, reason, why] of [
  ['pods', 'FailedGetPodsMetric', `unable to get metric rps: ${NO_CUSTOM}`],
  [
    'object',
    'FailedGetObjectMetric',
    `unable to get metric rps: Service on ${scope.namespace} web/${NO_CUSTOM}`,
  ],
  [
    'external',
    'FailedGetExternalMetric',
    `unable to get external metric ${scope.namespace}/queue/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue.external.metrics.k8s.io)`,
  ],
] as const) {
  conform(
    `a metric of ${name} that nobody serves is told of`,
    async () => {
      const [object, condition] = await said(name, 'ScalingActive', reason);
      const message = `the HPA was unable to compute the replica count: ${why}`;
      expect(condition).toMatchObject({ status: 'False', message });
      expect(object.status).toMatchObject({ currentReplicas: 1, desiredReplicas: 0 });
      expect(object.status.currentMetrics).toEqual([{ type: '' }]);
      const told = await eventually('both events', async () => {
        const lines = await eventsOf(name);
        return lines.length >= 2 ? lines : undefined;
      });
      expect(told).toContain(`Warning ${reason}: ${why}`);
      const all = told.find((line) => line.includes('FailedComputeMetricsReplicas')) ?? '';
      expect(all).toContain('invalid metrics (1 invalid out of 1), first error is: failed to get ');
      expect(all.endsWith(why)).toBe(true);
    },
    slow,
  );
}

for (const [name, reason] of [
  ['bare', 'FailedGetResourceMetric'],
  ['boxed', 'FailedGetContainerResourceMetric'],
] as const) {
  conform(
    `a resource metric without figures or requests is told of: ${name}`,
    async () => {
      const [object, condition] = await said(name, 'ScalingActive', reason);
      expect(condition.status).toBe('False');
      expect(condition.message).toMatch(
        /^the HPA was unable to compute the replica count: failed to get cpu utilization: /,
      );
      expect(conditionsOf(object).find(({ type }) => type === 'AbleToScale')).toMatchObject({
        status: 'True',
        reason: 'SucceededGetScale',
      });
    },
    slow,
  );
}

conform(
  'two autoscalers of the same pods stand still',
  async () => {
    const [, { message }] = await said('shared', 'ScalingActive', 'AmbiguousSelector');
    const start = 'pods by selector app=shared are controlled by multiple HPAs: [';
    expect(message.startsWith(start)).toBe(true);
    expect(message.slice(start.length, -1).split(' ').sort()).toEqual([
      `${scope.namespace}/rival`,
      `${scope.namespace}/shared`,
    ]);
    await said('rival', 'ScalingActive', 'AmbiguousSelector');
    expect((await read(scope.apps('deployments', 'shared'))).spec.replicas).toBe(1);
  },
  slow,
);

conform(
  'a use above the target makes pods, and says so',
  async () => {
    const told = await eventually(
      'the event of the rescale',
      async () => (await eventsOf('measured')).find((line) => line.includes('SuccessfulRescale')),
      90_000,
    );
    expect(told).toMatch(
      /New size: [2-5]; reason: cpu resource utilization \(percentage of request\) above target$/,
    );
    const { status } = await read(`${autoscalers}/measured`);
    expect(status.currentMetrics).toEqual([
      {
        type: 'Resource',
        resource: {
          name: 'cpu',
          current: { averageUtilization: expect.any(Number), averageValue: expect.stringMatching(/^\d+m$/) },
        },
      },
    ]);
    expect(status.conditions).toContainEqual(
      expect.objectContaining({
        type: 'ScalingActive',
        status: 'True',
        reason: 'ValidMetricFound',
        message:
          'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      }),
    );
  },
  { ...slow, needs: 'kubelet' },
);
