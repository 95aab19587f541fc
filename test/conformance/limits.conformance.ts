import { beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import { create, expectCode, expectFailure, image, ownNamespace, parkedPod, read } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('limits');
const scope = ownNamespace('limits');
const bounded = ownNamespace('limits-bounded');

const range = (name: string, ...limits: object[]): object => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name },
  spec: { limits },
});

const podWith = (name: string, ...resources: object[]): object =>
  parkedPod(name, {
    containers: resources.map((each, index) => ({ name: `c${index}`, image, resources: each })),
  });

interface Resources {
  limits?: Record<string, string>;
  requests?: Record<string, string>;
}
const resourcesOf = (pod: { spec: Record<string, unknown> }): Resources[] =>
  (pod.spec.containers as { resources: Resources }[]).map(({ resources }) => resources);

/** The bounds a refusal names; the real server goes through maps, so in any order. */
function broken(message: string | undefined): string[] {
  const list = /is forbidden: \[?(.*?)\]?$/s.exec(message ?? '')?.[1] ?? '';
  return list.split(/, (?=minimum|maximum|cpu max|memory max)/).sort();
}

beforeAll(async () => {
  await create(
    scope.core('limitranges'),
    range('defaults', {
      type: 'Container',
      default: { cpu: '500m', memory: '256Mi' },
      defaultRequest: { cpu: '100m' },
    }),
  );
  await create(
    bounded.core('limitranges'),
    range(
      'bounds',
      {
        type: 'Container',
        min: { cpu: '50m' },
        max: { cpu: '1', memory: '1Gi' },
        maxLimitRequestRatio: { cpu: '4' },
      },
      { type: 'Pod', max: { cpu: '1500m' } },
      { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } },
    ),
  );
});

conform('a limit range fills in what it says by saying less', async () => {
  const { spec } = await read(scope.core('limitranges', 'defaults'));
  expect(spec.limits).toEqual([
    {
      type: 'Container',
      default: { cpu: '500m', memory: '256Mi' },
      defaultRequest: { cpu: '100m', memory: '256Mi' },
    },
  ]);
  const other = await read(bounded.core('limitranges', 'bounds'));
  expect((other.spec.limits as object[])[0]).toEqual({
    type: 'Container',
    min: { cpu: '50m' },
    max: { cpu: '1', memory: '1Gi' },
    default: { cpu: '1', memory: '1Gi' },
    defaultRequest: { cpu: '1', memory: '1Gi' },
    maxLimitRequestRatio: { cpu: '4' },
  });
});

conform('containers get defaults, told in an annotation', async () => {
  const pod = await create(
    scope.core('pods'),
    parkedPod('filled', {
      initContainers: [{ name: 'first', image }],
      containers: [
        { name: 'bare', image },
        { name: 'own', image, resources: { limits: { cpu: '2' }, requests: { memory: '64Mi' } } },
      ],
    }),
  );
  const [bare, own] = resourcesOf(pod);
  expect(bare).toEqual({
    limits: { cpu: '500m', memory: '256Mi' },
    requests: { cpu: '100m', memory: '256Mi' },
  });
  // A limit of one's own is the request too.
  expect(own).toEqual({ limits: { cpu: '2', memory: '256Mi' }, requests: { cpu: '2', memory: '64Mi' } });
  expect(pod.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
    'LimitRanger plugin set: cpu, memory request for container bare; cpu, memory limit for container bare; memory limit for container own; cpu, memory request for init container first; cpu, memory limit for init container first',
  );
  expect(pod.status.qosClass).toBe('Burstable');
});

conform('a pod that says everything is left alone', async () => {
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } };
  const pod = await create(scope.core('pods'), podWith('told', resources));
  expect(resourcesOf(pod)).toEqual([resources]);
  expect(pod.metadata.annotations).toBeUndefined();
});

const refusals: [string, object[], string[]][] = [
  [
    'above the maximum',
    [{ limits: { cpu: '1200m', memory: '1Gi' } }],
    ['maximum cpu usage per Container is 1, but limit is 1200m'],
  ],
  [
    'below the minimum',
    [{ limits: { cpu: '20m' }, requests: { cpu: '20m' } }],
    ['minimum cpu usage per Container is 50m, but request is 20m'],
  ],
  [
    'limits too far from requests',
    [{ limits: { cpu: '1' }, requests: { cpu: '100m' } }],
    ['cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000'],
  ],
  [
    'the pod as a whole',
    [{ limits: { cpu: '1' } }, { limits: { cpu: '800m' } }],
    ['maximum cpu usage per Pod is 1500m, but limit is 1800m'],
  ],
  [
    'several at once',
    [{ limits: { cpu: '2', memory: '2Gi' } }],
    [
      'maximum cpu usage per Container is 1, but limit is 2',
      'maximum cpu usage per Pod is 1500m, but limit is 2',
      'maximum memory usage per Container is 1Gi, but limit is 2Gi',
    ],
  ],
];

for (const [title, containers, words] of refusals) {
  conform(`403: ${title}`, async () => {
    const status = expectFailure(await admin.post(bounded.core('pods'), podWith('refused', ...containers)), {
      code: 403,
      reason: 'Forbidden',
      message: /^pods "refused" is forbidden: /,
      details: { name: 'refused', kind: 'pods' },
    });
    expect(broken(status.message)).toEqual(words);
    expectCode(await admin.get(bounded.core('pods', 'refused')), 404);
  });
}

const claim = (name: string, storage: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: {
    storageClassName: 'nobody',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage } },
  },
});

conform('claims are bounded too', async () => {
  const claims = bounded.core('persistentvolumeclaims');
  for (const [storage, words] of [
    ['20Gi', 'maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi'],
    ['500Mi', 'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi'],
  ] as const)
    expectFailure(await admin.post(claims, claim('bounded', storage)), {
      code: 403,
      reason: 'Forbidden',
      message: `persistentvolumeclaims "bounded" is forbidden: ${words}`,
    });
  await create(claims, claim('bounded', '5Gi'));
});

conform('limits are not looked at when a pod is changed', async () => {
  await create(scope.core('pods'), podWith('kept', { limits: { cpu: '3' } }));
  await create(scope.core('limitranges'), range('late', { type: 'Pod', max: { cpu: '1' } }));
  expectCode(
    await admin.patch(scope.core('pods', 'kept'), 'merge', { metadata: { labels: { a: 'b' } } }),
    200,
  );
  expectCode(await admin.delete(scope.core('limitranges', 'late')), 200);
});
