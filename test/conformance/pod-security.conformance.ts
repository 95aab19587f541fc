import { beforeAll, expect } from 'vitest';
import type { Answer } from './client.ts';
import { topic } from './conform.ts';
import { create, deployment, expectCode, expectFailure, image, ownNamespace, parkedPod } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('pod security');
const restricted = ownNamespace('podsec-restricted');
const baseline = ownNamespace('podsec-baseline');
const warned = ownNamespace('podsec-warned');

const label = (mode: string): string => `pod-security.kubernetes.io/${mode}`;
const pathOf = ({ namespace }: { namespace: string }): string => `/api/v1/namespaces/${namespace}`;
const relabel = (scope: { namespace: string }, labels: Record<string, string | null>): Promise<Answer> =>
  admin.patch(pathOf(scope), 'merge', { metadata: { labels } });

function warnings({ headers }: Answer): string[] {
  const all = [headers.warning ?? []].flat().flatMap((line) => line.split(/, (?=299 )/));
  return all.map((line) => JSON.parse(line.slice(line.indexOf('"'))) as string);
}

beforeAll(async () => {
  expectCode(await relabel(restricted, { [label('enforce')]: 'restricted' }), 200);
  expectCode(await relabel(baseline, { [label('enforce')]: 'baseline', [label('warn')]: 'privileged' }), 200);
  expectCode(await relabel(warned, { [label('warn')]: 'restricted', [label('warn-version')]: 'v1.30' }), 200);
});

const safe = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const pod = (name: string, securityContext: object = {}, spec: object = {}): object =>
  parkedPod(name, { containers: [{ name: 'main', image, securityContext }], ...spec });

const bare =
  'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

conform('restricted: an ordinary pod is refused with all that is missing', async () => {
  expectFailure(await admin.post(restricted.core('pods'), pod('bare')), {
    code: 403,
    reason: 'Forbidden',
    message: `pods "bare" is forbidden: violates PodSecurity "restricted:latest": ${bare}`,
    details: { name: 'bare', kind: 'pods' },
  });
});

conform('restricted: a careful pod passes', async () => {
  await create(restricted.core('pods'), pod('careful', safe));
  const { runAsNonRoot, seccompProfile, ...own } = safe;
  const inherited = { securityContext: { runAsNonRoot, seccompProfile } };
  await create(restricted.core('pods'), pod('inheriting', own, inherited));
});

const cases: [string, object, object, string][] = [
  [
    'several containers',
    { ...safe, allowPrivilegeEscalation: true },
    { initContainers: [{ name: 'first', image, securityContext: { ...safe, runAsNonRoot: false } }] },
    'allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (container "first" must not set securityContext.runAsNonRoot=false)',
  ],
  [
    'capabilities and users',
    { ...safe, capabilities: { drop: ['ALL'], add: ['CHOWN', 'NET_BIND_SERVICE'] }, runAsUser: 0 },
    {},
    'unrestricted capabilities (container "main" must not include "CHOWN" in securityContext.capabilities.add), runAsUser=0 (container "main" must not set runAsUser=0)',
  ],
  [
    'volumes',
    safe,
    {
      volumes: [
        { name: 'host', hostPath: { path: '/etc' } },
        { name: 'share', nfs: { server: 'a', path: '/' } },
        { name: 'mine', emptyDir: {} },
      ],
    },
    'restricted volume types (volumes "host", "share" use restricted volume types "hostPath", "nfs")',
  ],
  [
    'seccomp',
    { ...safe, seccompProfile: { type: 'Unconfined' } },
    {},
    'seccompProfile (container "main" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
];

for (const [title, security, spec, words] of cases) {
  conform(`restricted: ${title}`, async () => {
    expectFailure(await admin.post(restricted.core('pods'), pod('refused', security, spec)), {
      code: 403,
      reason: 'Forbidden',
      message: `pods "refused" is forbidden: violates PodSecurity "restricted:latest": ${words}`,
    });
  });
}

conform('baseline: an ordinary pod passes, what reaches for the host does not', async () => {
  await create(baseline.core('pods'), pod('ordinary'));
  const spec = {
    hostNetwork: true,
    hostPID: true,
    securityContext: {
      sysctls: [{ name: 'kernel.msgmax', value: '1' }],
      seLinuxOptions: { type: 'spc_t', user: 'root' },
    },
    volumes: [{ name: 'host', hostPath: { path: '/' } }],
    containers: [
      {
        name: 'main',
        image,
        securityContext: { capabilities: { add: ['SYS_ADMIN', 'CHOWN'] } },
        ports: [{ containerPort: 80, hostPort: 80 }],
      },
    ],
  };
  expectFailure(await admin.post(baseline.core('pods'), parkedPod('reaching', spec)), {
    code: 403,
    reason: 'Forbidden',
    message:
      'pods "reaching" is forbidden: violates PodSecurity "baseline:latest": non-default capabilities (container "main" must not include "SYS_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true, hostPID=true), hostPath volumes (volume "host"), hostPort (container "main" uses hostPort 80), seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set), forbidden sysctls (kernel.msgmax)',
  });
});

conform('a workload is let through with a warning', async () => {
  const answer = await admin.post(restricted.apps('deployments'), deployment('risky', 0));
  expectCode(answer, 201);
  expect(warnings(answer)).toEqual([`would violate PodSecurity "restricted:latest": ${bare}`]);
  const cronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'risky' },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: {
        spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } } },
      },
    },
  };
  const second = await admin.post(`/apis/batch/v1/namespaces/${restricted.namespace}/cronjobs`, cronJob);
  expectCode(second, 201);
  expect(warnings(second)).toEqual([`would violate PodSecurity "restricted:latest": ${bare}`]);
});

conform('its pods are refused, and the ReplicaSet tells why', async () => {
  await create(restricted.apps('deployments'), deployment('stuck', 1));
  const { list } = expectCode(
    await admin.get(restricted.apps('replicasets'), { labelSelector: 'app=stuck' }),
    200,
  );
  expect(list.items.length).toBeLessThanOrEqual(1);
  const found = await admin.watch(restricted.apps('replicasets'), { labelSelector: 'app=stuck' });
  const events = await found.until('a failure', (all) =>
    all.some(({ object }) => JSON.stringify(object.status ?? {}).includes('ReplicaFailure')),
  );
  found.close();
  const last = events.at(-1)?.object.status as {
    conditions: { type: string; reason: string; message: string }[];
  };
  expect(last.conditions[0]).toMatchObject({ type: 'ReplicaFailure', reason: 'FailedCreate' });
  expect(last.conditions[0]?.message).toMatch(
    /^pods "stuck-[a-z0-9]+-[a-z0-9]{5}" is forbidden: violates PodSecurity "restricted:latest": allow/,
  );
});

conform('warn alone: the pod is made, and told of under the version asked for', async () => {
  const answer = await admin.post(warned.core('pods'), pod('warned'));
  expectCode(answer, 201);
  expect(warnings(answer)).toEqual([`would violate PodSecurity "restricted:v1.30": ${bare}`]);
});

conform('a stricter label tells of the pods that are there', async () => {
  for (const name of ['early-a', 'early-b'])
    await create(warned.core('pods'), pod(name, {}, { hostPID: true }));
  const answer = await relabel(warned, { [label('enforce')]: 'baseline' });
  expectCode(answer, 200);
  expect(warnings(answer)).toEqual([
    `existing pods in namespace "${warned.namespace}" violate the new PodSecurity enforce level "baseline:latest"`,
    'early-a (and 1 other pod): host namespaces',
  ]);
  expect(warnings(await relabel(warned, { [label('enforce')]: null }))).toEqual([]);
});

conform('labels that cannot be read: 422', async () => {
  const labels = { [label('enforce')]: 'strict', [label('warn-version')]: '1.30' };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `${warned.namespace}-x`, labels } };
  const status = expectFailure(await admin.post('/api/v1/namespaces', body), {
    code: 422,
    reason: 'Invalid',
  });
  expect(status.details?.causes).toEqual([
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "strict": must be one of privileged, baseline, restricted',
      field: 'metadata.labels[pod-security.kubernetes.io/enforce]',
    },
    {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: "1.30": must be "latest" or "v1.x"',
      field: 'metadata.labels[pod-security.kubernetes.io/warn-version]',
    },
  ]);
});

conform('an unchanged pod is not held against a new label', async () => {
  await create(baseline.core('pods'), pod('older'));
  expectCode(await relabel(baseline, { [label('enforce')]: 'restricted' }), 200);
  const path = baseline.core('pods', 'older');
  expectCode(await admin.patch(path, 'merge', { metadata: { labels: { a: 'b' } } }), 200);
  expectFailure(
    await admin.patch(path, 'strategic', {
      spec: { containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.9' }] },
    }),
    {
      code: 403,
      reason: 'Forbidden',
      message: /^pods "older" is forbidden: violates PodSecurity "restricted:latest"/,
    },
  );
  expectCode(await relabel(baseline, { [label('enforce')]: 'baseline' }), 200);
});
