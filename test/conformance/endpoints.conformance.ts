import { expect } from 'vitest';
import { topic } from './conform.ts';
import { create, eventually, expectCode, image, ownNamespace } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';
import { isReady as isPodReady, readyStatus, workloadsIn } from './workload-cases.ts';

const conform = topic('endpoints');
const scope = ownNamespace('endpoints');
const slicePath = `/apis/discovery.k8s.io/v1/namespaces/${scope.namespace}/endpointslices`;
const { play, until } = workloadsIn(scope);

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  targetRef: { kind: string; name: string; uid: string };
}

type Slice = KubeObject & {
  endpoints: Endpoint[] | null;
  ports: { name: string; port: number }[] | null;
  addressType: string;
};

const service = (name: string, spec: object = {}, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'web' }], ...spec },
});

/** A running pod; one that is not ready is made so on the demo by its story, elsewhere by the case. */
async function behind(
  app: string,
  name: string,
  isReady: boolean,
  rest: { port?: number; spec?: object } = {},
): Promise<KubeObject> {
  const container = { name: 'main', image, ports: [{ name: 'web', containerPort: rest.port ?? 8080 }] };
  const annotations = isReady ? {} : { 'demo.strata-console.dev/story': 'never-ready' };
  await create(scope.core('pods'), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app }, annotations },
    spec: { containers: [container], ...rest.spec },
  });
  const path = scope.core('pods', name);
  const pod = await until(
    path,
    `${name} to run`,
    ({ status }) => status.phase === 'Running' && Boolean(status.podIP),
  );
  if (!isReady) await play(pod, readyStatus('False'));
  return until(path, `readiness of ${name}`, (each) => isPodReady(each) === isReady);
}

async function slices(name: string): Promise<Slice[]> {
  const query = { labelSelector: `kubernetes.io/service-name=${name}` };
  return expectCode(await admin.get(slicePath, query), 200).list.items as Slice[];
}

const slicesThat = (name: string, what: string, isSo: (found: Slice[]) => boolean): Promise<Slice[]> =>
  eventually(what, async () => {
    const found = await slices(name);
    return isSo(found) ? found : undefined;
  });

const endpointsOf = (found: Slice[]): Map<string, Endpoint> =>
  new Map(
    found.flatMap(({ endpoints }) => (endpoints ?? []).map((each) => [each.targetRef.name, each] as const)),
  );
const oldKind = (name: string): string => scope.core('endpoints', name);

conform('a slice tells which pods are ready, with ports by their names', async () => {
  const object = await create(scope.core('services'), service('web', {}, { team: 'shop' }));
  const pod = await behind('web', 'web-1', true);
  await behind('web', 'web-2', false);
  const readiness = (found: Slice[]): boolean[] =>
    ['web-1', 'web-2'].map((name) => endpointsOf(found).get(name)?.conditions.ready === true);
  const [slice] = await slicesThat('web', 'both pods', (found) => {
    return endpointsOf(found).size === 2 && readiness(found).join() === 'true,false';
  });
  expect(slice).toMatchObject({
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    metadata: {
      generateName: 'web-',
      labels: { team: 'shop', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
      ownerReferences: [{ kind: 'Service', uid: object.metadata.uid, controller: true }],
    },
  });
  const endpoints = endpointsOf([slice as Slice]);
  expect(endpoints.get('web-1')).toMatchObject({
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: 'Pod', namespace: scope.namespace, uid: pod.metadata.uid },
  });
  expect(endpoints.get('web-2')?.conditions).toEqual({ ready: false, serving: false, terminating: false });
});

conform('a pod that leaves goes on serving without being ready', async () => {
  await create(scope.core('services'), service('leaving'));
  const pod = await behind('leaving', 'leaving-1', true);
  const path = scope.core('pods', pod.metadata.name);
  expectCode(await admin.patch(path, 'merge', { metadata: { finalizers: ['strata-test/hold'] } }), 200);
  const watch = await admin.watch(slicePath, { labelSelector: 'kubernetes.io/service-name=leaving' });
  expectCode(await admin.delete(path), 200);
  const isLeaving = ({ object }: { object: unknown }): boolean => {
    const conditions = endpointsOf([object as Slice]).get('leaving-1')?.conditions;
    return conditions?.terminating === true && conditions.serving && !conditions.ready;
  };
  await watch.until('the leaving pod', (events) => events.some(isLeaving));
  watch.close();
  expectCode(await admin.patch(path, 'merge', { metadata: { finalizers: null } }), 200);
  await slicesThat('leaving', 'nothing left', (all) => endpointsOf(all).size === 0);
});

conform('pods that are not ready are published as ready where that is asked for', async () => {
  await create(scope.core('services'), service('eager', { publishNotReadyAddresses: true }));
  await behind('eager', 'eager-1', false);
  const found = await slicesThat(
    'eager',
    'the pod',
    (all) => endpointsOf(all).get('eager-1')?.conditions.serving === false,
  );
  expect(endpointsOf(found).get('eager-1')?.conditions).toEqual({
    ready: true,
    serving: false,
    terminating: false,
  });
});

conform('pods that name their port differently stand in slices of their own', async () => {
  await create(scope.core('services'), service('mixed'));
  await behind('mixed', 'mixed-1', true, { port: 8080 });
  await behind('mixed', 'mixed-2', true, { port: 9090 });
  const found = await slicesThat('mixed', 'two slices', (all) => endpointsOf(all).size === 2);
  expect(found.map(({ ports }) => ports?.[0]?.port).sort()).toEqual([8080, 9090]);
});

conform('a headless service marks its slice, and its pods keep their host names', async () => {
  await create(scope.core('services'), service('headless', { clusterIP: 'None' }));
  await behind('headless', 'headless-1', true, {
    spec: { hostname: 'first', subdomain: 'headless' },
  });
  const [slice] = await slicesThat('headless', 'the pod', (all) => endpointsOf(all).size === 1);
  expect(slice?.metadata.labels?.['service.kubernetes.io/headless']).toBe('');
  expect(endpointsOf([slice as Slice]).get('headless-1')?.hostname).toBe('first');
});

conform(
  'a service that selects nothing has one slice without endpoints; one without selector has none',
  async () => {
    await create(scope.core('services'), service('lonely'));
    await create(scope.core('services'), service('manual', { selector: null }));
    const [slice] = await slicesThat('lonely', 'its slice', (all) => all.length === 1);
    expect([slice?.endpoints ?? [], slice?.ports ?? []]).toEqual([[], []]);
    expect(await slices('manual')).toEqual([]);
  },
);

conform('Endpoints hold the same pods, ready and not, and go with their service', async () => {
  await create(scope.core('services'), service('classic'));
  await behind('classic', 'classic-1', true);
  await behind('classic', 'classic-2', false);
  const found = await eventually('both', async () => {
    const { code, object } = await admin.get(oldKind('classic'));
    const [subset] =
      (object as unknown as { subsets?: { addresses?: object[]; notReadyAddresses?: object[] }[] }).subsets ??
      [];
    return code === 200 && subset?.addresses && subset.notReadyAddresses ? object : undefined;
  });
  expect(found).toMatchObject({
    metadata: { labels: { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } },
    subsets: [
      {
        addresses: [{ targetRef: { kind: 'Pod', name: 'classic-1' } }],
        notReadyAddresses: [{ targetRef: { kind: 'Pod', name: 'classic-2' } }],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ],
  });
  expectCode(await admin.delete(scope.core('services', 'classic')), 200);
  await eventually('their end', async () =>
    (await admin.get(oldKind('classic'))).code === 404 ? true : undefined,
  );
});
