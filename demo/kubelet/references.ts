/**
 * What a pod needs before it can run: the ConfigMaps and Secrets its volumes are made of, and those its containers
 * take their environment from. Told in the kubelet's words when it is not there. Pure but for the given look-up.
 */
import { at, isObject, type JsonObject, object, objects, own, text } from '../base/json.ts';
import type { Container, KubeObject, Pod } from '../base/types.ts';

type Holder = 'configmaps' | 'secrets';

/** An object of the pod's namespace. */
export type FindHolder = (resource: Holder, name: string) => KubeObject | undefined;

const isOptional = (source: JsonObject) => source.optional === true;
const missing = (resource: Holder, name: string) =>
  `${resource === 'secrets' ? 'secret' : 'configmap'} ${JSON.stringify(name)} not found`;

function volumeFault(find: FindHolder, resource: Holder, source: unknown, nameField: string): string[] {
  if (!isObject(source) || isOptional(source)) return [];
  const name = text(source[nameField]);
  const holder = find(resource, name);
  if (!holder) return [missing(resource, name)];
  const data = { ...object(holder.data), ...object(holder.binaryData) };
  const words =
    resource === 'secrets'
      ? 'references non-existent secret key'
      : 'configmap references non-existent config key';
  const absent = objects(source.items).find(({ key }) => own(data, text(key)) === undefined);
  return absent ? [`${words}: ${text(absent.key)}`] : [];
}

function faultsOf(find: FindHolder, volume: JsonObject): string[] {
  const projected = objects(at(volume, 'projected', 'sources')).flatMap((source) => [
    ...volumeFault(find, 'configmaps', source.configMap, 'name'),
    ...volumeFault(find, 'secrets', source.secret, 'name'),
  ]);
  return [
    ...volumeFault(find, 'configmaps', volume.configMap, 'name'),
    ...volumeFault(find, 'secrets', volume.secret, 'secretName'),
    ...projected,
  ];
}

/** What the events say of the volumes that cannot be mounted, one each. */
export function volumeFaults(pod: Pod, find: FindHolder): string[] {
  const { containers, initContainers = [] } = pod.spec;
  const mounted = new Set(
    [...containers, ...initContainers].flatMap((each) => objects(each.volumeMounts).map(({ name }) => name)),
  );
  return objects(pod.spec.volumes)
    .filter(({ name }) => mounted.has(name))
    .flatMap((volume) => {
      const [fault] = faultsOf(find, volume);
      return fault ? [`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${fault}`] : [];
    });
}

const WORDS: Record<Holder, string> = { configmaps: 'ConfigMap', secrets: 'Secret' };

function sourceFault(
  find: FindHolder,
  namespace: string,
  resource: Holder,
  source: unknown,
): string | undefined {
  if (!isObject(source) || isOptional(source)) return undefined;
  const [name, key] = [text(source.name), source.key];
  const holder = find(resource, name);
  if (!holder) return missing(resource, name);
  if (typeof key !== 'string' || own(object(holder.data), key) !== undefined) return undefined;
  return `couldn't find key ${key} in ${WORDS[resource]} ${namespace}/${name}`;
}

/** Why a container's environment cannot be made, if it cannot. */
export function environmentFault(pod: Pod, container: Container, find: FindHolder): string | undefined {
  const { namespace = '' } = pod.metadata;
  const sources = [
    ...objects(container.envFrom).map((from) => [from.configMapRef, from.secretRef] as const),
    ...objects(container.env).map((variable) => {
      const from = object(variable.valueFrom);
      return [from.configMapKeyRef, from.secretKeyRef] as const;
    }),
  ];
  for (const [configMap, secret] of sources) {
    const fault =
      sourceFault(find, namespace, 'configmaps', configMap) ??
      sourceFault(find, namespace, 'secrets', secret);
    if (fault) return fault;
  }
  return undefined;
}
