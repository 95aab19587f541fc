/** EndpointSlices: which pods stand behind a service's selector, with their readiness, in slices of a hundred. */
import { systemContext } from '../../apiserver/rest/context.ts';
import { array, equal, type JsonObject, objects } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, Pod } from '../../base/types.ts';
import { type ControllerTools, keyParts } from '../framework/controller.ts';
import { isPodReady } from '../pod-facts.ts';
import {
  carriedLabels,
  HEADLESS,
  hasEndpoint,
  hostnameOf,
  isHeadless,
  isPublishingAll,
  isSelected,
  portsFor,
  selectorOf,
  targetRef,
} from './service-endpoints.ts';
import { planSlices, type Slice, type SliceContent } from './slice-plan.ts';

const RESOURCE = 'endpointslices.discovery.k8s.io';
const SERVICE = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
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
    const selector = selectorOf(service);
    if (!service || !selector || service.metadata.deletionTimestamp !== undefined) return;
    const pods = (store.list('pods', namespace) as Pod[]).filter(
      (pod) => isSelected(selector, pod) && hasEndpoint(pod),
    );
    const found = this.#tools.owners.list(RESOURCE, service.metadata.uid);
    const plan = planSlices(this.#groups(service, pods), found.map(sliceOf));
    for (const content of plan.create) this.#create(service, content);
    for (const { name: slice, ...content } of plan.update) this.#update(service, namespace, slice, content);
    for (const slice of plan.delete) this.#delete(namespace, slice);
    const touched = new Set([...plan.update.map((slice) => slice.name), ...plan.delete]);
    for (const slice of found)
      if (!touched.has(slice.metadata.name))
        this.#update(service, namespace, slice.metadata.name, sliceOf(slice));
  }

  #groups(service: KubeObject, pods: Pod[]): SliceContent[] {
    const groups: SliceContent[] = [];
    for (const pod of pods) {
      // A pod on a node that is not there is left out, unless everything is to be published.
      if (!this.#nodeOf(pod) && !isPublishingAll(service)) continue;
      const ports = portsFor(service, pod);
      const group = groups.find((each) => equal(each.ports, ports));
      const endpoint = this.#endpoint(service, pod);
      if (group) group.endpoints.push(endpoint);
      else groups.push({ ports, endpoints: [endpoint] });
    }
    return groups;
  }

  #endpoint(service: KubeObject, pod: Pod): JsonObject {
    const serving = isPodReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const isPublished = isPublishingAll(service);
    const zone = this.#nodeOf(pod)?.metadata.labels?.['topology.kubernetes.io/zone'];
    const hostname = hostnameOf(pod, service);
    return {
      addresses: [pod.status.podIP],
      conditions: { ready: isPublished || (serving && !terminating), serving, terminating },
      ...(hostname === undefined ? {} : { hostname }),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      ...(zone ? { zone } : {}),
      targetRef: targetRef(pod),
    };
  }

  #nodeOf(pod: Pod): KubeObject | undefined {
    return this.#tools.machinery.store.get('nodes', '', pod.spec.nodeName ?? '');
  }

  #labels(service: KubeObject): Record<string, string> {
    return {
      ...carriedLabels(service, [SERVICE, MANAGED_BY, HEADLESS]),
      ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
      [SERVICE]: service.metadata.name,
      [MANAGED_BY]: 'endpointslice-controller.k8s.io',
    };
  }

  #create(service: KubeObject, content: SliceContent): void {
    const { kinds, random } = this.#tools.machinery;
    const { namespace = '', name, uid } = service.metadata;
    const metadata = {
      name: `${name}-${random.suffix()}`,
      generateName: `${name}-`,
      labels: this.#labels(service),
      ownerReferences: [controllerReference('v1', 'Service', name, uid)],
    };
    const body = { metadata, addressType: 'IPv4', ...content };
    this.#tools.mutations.writer.create(kinds.builtIn(RESOURCE), namespace, body, systemContext(NAME));
  }

  /** Contents and labels; a slice that differs in neither stays as it is. */
  #update(service: KubeObject, namespace: string, slice: string, { ports, endpoints }: SliceContent): void {
    const type = this.#tools.machinery.kinds.builtIn(RESOURCE);
    const found = this.#tools.machinery.store.get(RESOURCE, namespace, slice);
    const labels = this.#labels(service);
    const isSame =
      equal(sliceOf(found as KubeObject), { name: slice, ports, endpoints }) &&
      equal(found?.metadata.labels, labels);
    if (isSame) return;
    const next = (current: KubeObject) => ({
      ...current,
      metadata: { ...current.metadata, labels },
      ports,
      endpoints,
    });
    this.#tools.mutations.writer.update(type, namespace, slice, next, systemContext(NAME), {
      isTrusted: true,
    });
  }

  #delete(namespace: string, slice: string): void {
    const type = this.#tools.machinery.kinds.builtIn(RESOURCE);
    this.#tools.mutations.deleter.delete(type, namespace, slice, { isDryRun: false });
  }
}

const sliceOf = (slice: KubeObject): Slice => ({
  name: slice.metadata.name,
  ports: objects(slice.ports),
  endpoints: array(slice.endpoints) as JsonObject[],
});
