/** Which pods stand behind a service, and at which ports: what endpoint slices and Endpoints are made of. Pure. */
import { type JsonObject, object, objects, text } from '../../base/json.ts';
import type { Container, KubeObject, Pod } from '../../base/types.ts';

export const HEADLESS = 'service.kubernetes.io/headless';

/** The selector of a service that has one and is worked; undefined otherwise. */
export function selectorOf(service: KubeObject | undefined): [label: string, value: string][] | undefined {
  const spec = object(service?.spec);
  const selector = Object.entries(object(spec.selector)) as [string, string][];
  return selector.length > 0 && spec.type !== 'ExternalName' ? selector : undefined;
}

export const isSelected = (selector: [string, string][], pod: KubeObject): boolean =>
  selector.every(([label, value]) => pod.metadata.labels?.[label] === value);

/** Has an address and has not ended. */
export const hasEndpoint = ({ status }: Pod): boolean =>
  Boolean(status?.podIP) && status.phase !== 'Succeeded' && status.phase !== 'Failed';

export const isHeadless = (service: KubeObject): boolean => object(service.spec).clusterIP === 'None';

export const isPublishingAll = (service: KubeObject): boolean =>
  object(service.spec).publishNotReadyAddresses === true;

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/** The number behind a target port: itself, or the pod's container port of that name and protocol. */
function portNumber(target: unknown, protocol: string, { spec }: Pod): number | undefined {
  if (typeof target === 'number') return target;
  const containers = [...(spec.initContainers ?? []).filter(isSidecar), ...spec.containers];
  for (const { ports = [] } of containers) {
    const found = ports.find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol);
    if (found) return found.containerPort;
  }
  return undefined;
}

/** A service's ports as this pod has them; a named port the pod lacks is left out. */
export const portsFor = (service: KubeObject, pod: Pod): JsonObject[] =>
  objects(object(service.spec).ports).flatMap((port) => {
    const protocol = text(port.protocol, 'TCP');
    const number = portNumber(port.targetPort ?? port.port, protocol, pod);
    if (number === undefined) return [];
    const appProtocol = typeof port.appProtocol === 'string' ? { appProtocol: port.appProtocol } : {};
    return [{ name: text(port.name), protocol, port: number, ...appProtocol }];
  });

/** Pods with their own name in the DNS carry it in their endpoint. */
export const hostnameOf = ({ metadata, spec }: Pod, service: KubeObject): string | undefined =>
  text(spec.hostname) !== '' &&
  spec.subdomain === service.metadata.name &&
  metadata.namespace === service.metadata.namespace
    ? text(spec.hostname)
    : undefined;

export const targetRef = ({ metadata: { namespace, name, uid } }: Pod): JsonObject => ({
  kind: 'Pod',
  namespace,
  name,
  uid,
});

/** A service's own labels go to what is made for it. */
export const carriedLabels = (
  { metadata }: KubeObject,
  reserved: readonly string[],
): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => !reserved.includes(key)));
