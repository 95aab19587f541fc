/** What the tests find in the cluster: the users' rights, fake nodes, and the workload that `load` copies. */

const rbac = 'rbac.authorization.k8s.io';

export interface Applied {
  path: string;
  object: object;
}

/** alice views everything (no secrets, no nodes) and edits team-a; bob views team-b, nothing else. */
export function userRights(): Applied[] {
  return [
    namespace('team-a'),
    namespace('team-b'),
    binding('strata-test-alice-view', undefined, 'view', 'alice'),
    binding('strata-test-alice-edit', 'team-a', 'edit', 'alice'),
    binding('strata-test-bob-view', 'team-b', 'view', 'bob'),
  ];
}

function namespace(name: string): Applied {
  return {
    path: `/api/v1/namespaces/${name}`,
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  };
}

function binding(name: string, inNamespace: string | undefined, role: string, user: string): Applied {
  const kind = inNamespace ? 'RoleBinding' : 'ClusterRoleBinding';
  const scope = inNamespace ? `namespaces/${inNamespace}/rolebindings` : 'clusterrolebindings';
  return {
    path: `/apis/${rbac}/v1/${scope}/${name}`,
    object: {
      apiVersion: `${rbac}/v1`,
      kind,
      metadata: { name, ...(inNamespace && { namespace: inNamespace }) },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: rbac, kind: 'User', name: user }],
    },
  };
}

export function nodeName(index: number): string {
  return `node-${String(index).padStart(5, '0')}`;
}

/** A fake node that kwok manages: 32 CPUs, 256 GiB, one of three zones. */
export function fakeNode(index: number): object {
  const name = nodeName(index);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/hostname': name,
        'node-role.kubernetes.io/worker': '',
        'topology.kubernetes.io/region': 'test',
        'topology.kubernetes.io/zone': `test-${'abc'[index % 3]}`,
      },
    },
    status: {
      capacity: { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '500Gi' },
      allocatable: { cpu: '31800m', memory: '250Gi', pods: '110', 'ephemeral-storage': '450Gi' },
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        kernelVersion: '6.12.58-flatcar',
        osImage: 'Flatcar Container Linux by Kinvolk 4459.2.1',
        containerRuntimeVersion: 'containerd://2.1.5',
        kubeletVersion: 'v1.36.3',
        kubeProxyVersion: '',
        bootID: '',
        machineID: '',
        systemUUID: '',
      },
    },
  };
}

/** Names that the Go loader knows too: namespaces load-0000…, Deployments app-00000…. */
export const load = {
  namespaceLabel: 'strata-test/load',
  podsPerDeployment: 50,
  podsPerNamespace: 500,
} as const;

export function loadNamespace(index: number): string {
  return `load-${String(index).padStart(4, '0')}`;
}

/** The first Deployment, made for real; `load` writes copies of it, its ReplicaSet and one of its pods. */
export function seedDeployment(replicas: number): object {
  const labels = { 'app.kubernetes.io/name': 'app-00000', 'app.kubernetes.io/part-of': loadNamespace(0) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app-00000', namespace: loadNamespace(0), labels },
    spec: {
      replicas,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'app-00000' } },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'registry.test/shop/app:1.4.2',
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [{ name: 'LOG_LEVEL', value: 'info' }],
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
            },
            {
              name: 'proxy',
              image: 'registry.test/mesh/proxy:2.0.1',
              resources: { requests: { cpu: '10m', memory: '32Mi' } },
            },
          ],
        },
      },
    },
  };
}
