/** The ServiceAccount of a new pod: `default` unless named, its token mounted, its pull secrets taken over. */
import { type JsonObject, object, objects, text } from '../../base/json.ts';
import { safeEncode } from '../../base/random.ts';
import type { KubeObject } from '../../base/types.ts';
import { type AdmissionRequest, refuse } from './request.ts';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Changes a new pod in place. Throws 403 when its account is not there. */
export function admitServiceAccount(request: AdmissionRequest): void {
  const { machinery, type, value } = request;
  if (type.key !== 'pods') return;
  const spec = object(value.spec);
  const { namespace = '' } = value.metadata;
  const name = text(spec.serviceAccountName) || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const account = machinery.store.get('serviceaccounts', namespace, name);
  // For `default` the real server waits a while, because its controller is about to make it.
  if (!account && name !== 'default') {
    throw refuse(
      request,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  }
  if (spec.automountServiceAccountToken ?? account?.automountServiceAccountToken ?? true)
    mountToken(spec, value);
  const secrets = objects(account?.imagePullSecrets);
  if (secrets.length > 0 && objects(spec.imagePullSecrets).length === 0)
    spec.imagePullSecrets = secrets.map((secret) => ({ name: text(secret.name) }));
}

function mountToken(spec: JsonObject, { metadata }: KubeObject): void {
  const volumes = objects(spec.volumes);
  const existing = volumes.find((volume) => text(volume.name).startsWith('kube-api-access-'));
  // Drawn from the uid, not from the world's chance.
  const name = existing ? text(existing.name) : `kube-api-access-${safeEncode(metadata.uid.slice(-5))}`;
  let isNeeded = false;
  for (const container of [...objects(spec.initContainers), ...objects(spec.containers)]) {
    const mounts = objects(container.volumeMounts);
    if (mounts.some((mount) => mount.mountPath === MOUNT_PATH)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }];
    isNeeded = true;
  }
  if (!existing && isNeeded) spec.volumes = [...volumes, { name, projected: tokenSource() }];
}

const tokenSource = (): JsonObject => ({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ],
  defaultMode: 420,
});
