/** EndpointSlices: which ready pods stand behind a service's selector. One slice a service. */
import { systemContext } from '../../apiserver/rest/context.ts';
import { equal, type JsonObject, object, objects, text } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, Pod } from '../../base/types.ts';
import { type ControllerTools, keyParts } from '../framework/controller.ts';
import { isPodReady } from '../pod-facts.ts';

const RESOURCE = 'endpointslices.discovery.k8s.io';
const SERVICE = 'kubernetes.io/service-name';
const NAME = 'endpointslice-controller';

export class EndpointSliceController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const { store } = this.#tools.machinery;
    const service = store.get('services', namespace, name);
    const selector = object(object(service?.spec).selector);
    if (!service || Object.keys(selector).length === 0) return;
    const pods = (store.list('pods', namespace) as Pod[]).filter((pod) =>
      Object.entries(selector).every(([label, value]) => pod.metadata.labels?.[label] === value),
    );
    const wanted = {
      addressType: 'IPv4',
      endpoints: pods.filter((pod) => pod.status.podIP).map((pod) => this.#endpoint(pod)),
      ports: ports(service),
    };
    const found = this.#tools.owners.list(RESOURCE, service.metadata.uid)[0];
    if (!found) this.#create(service, wanted);
    else if (!equal([found.endpoints, found.ports], [wanted.endpoints, wanted.ports]))
      this.#replace(found, wanted);
  }

  #replace(slice: KubeObject, wanted: JsonObject): void {
    const type = this.#tools.machinery.kinds.builtIn(RESOURCE);
    const { namespace = '', name } = slice.metadata;
    const next = (current: KubeObject) => ({ ...current, ...wanted });
    this.#tools.mutations.writer.update(type, namespace, name, next, systemContext(NAME), {
      isTrusted: true,
    });
  }

  #create(service: KubeObject, wanted: JsonObject): void {
    const { kinds, random } = this.#tools.machinery;
    const { namespace = '', name, uid } = service.metadata;
    const metadata = {
      name: `${name}-${random.suffix()}`,
      generateName: `${name}-`,
      labels: {
        [SERVICE]: name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      ownerReferences: [controllerReference('v1', 'Service', name, uid)],
    };
    const body = { metadata, ...wanted };
    this.#tools.mutations.writer.create(kinds.builtIn(RESOURCE), namespace, body, systemContext(NAME));
  }

  #endpoint(pod: Pod): JsonObject {
    const isReady = isPodReady(pod);
    const isLeaving = pod.metadata.deletionTimestamp !== undefined;
    const node = this.#tools.machinery.store.get('nodes', '', pod.spec.nodeName ?? '');
    return {
      addresses: [pod.status.podIP],
      conditions: { ready: isReady && !isLeaving, serving: isReady, terminating: isLeaving },
      nodeName: pod.spec.nodeName,
      ...(node?.metadata.labels?.['topology.kubernetes.io/zone']
        ? { zone: node.metadata.labels['topology.kubernetes.io/zone'] }
        : {}),
      targetRef: {
        kind: 'Pod',
        namespace: pod.metadata.namespace,
        name: pod.metadata.name,
        uid: pod.metadata.uid,
      },
    };
  }
}

function ports(service: KubeObject): JsonObject[] {
  return objects(object(service.spec).ports).map((port) => ({
    name: text(port.name),
    port: typeof port.targetPort === 'number' ? port.targetPort : port.port,
    protocol: text(port.protocol, 'TCP'),
  }));
}
