/** Endpoints, the old kind: the same pods in one object, as subsets of addresses that share their ports. */
import { systemContext } from '../../apiserver/rest/context.ts';
import { equal, type JsonObject, text } from '../../base/json.ts';
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

const RESOURCE = 'endpoints';
const NAME = 'endpoint-controller';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

interface Subset extends JsonObject {
  addresses?: JsonObject[];
  notReadyAddresses?: JsonObject[];
  ports?: JsonObject[];
}

export class EndpointsController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const { machinery, mutations } = this.#tools;
    const { store } = machinery;
    const type = machinery.kinds.builtIn(RESOURCE);
    const service = store.get('services', namespace, name);
    const found = store.get(RESOURCE, namespace, name);
    if (!service) {
      // It has no owner, so nobody else clears it away.
      if (found?.metadata.labels?.[MANAGED_BY] === NAME)
        mutations.deleter.delete(type, namespace, name, { isDryRun: false });
      return;
    }
    const selector = selectorOf(service);
    if (!selector || service.metadata.deletionTimestamp !== undefined) return;
    const pods = (store.list('pods', namespace) as Pod[]).filter(
      (pod) => isSelected(selector, pod) && hasEndpoint(pod),
    );
    const wanted = subsetsOf(service, pods);
    const labels = {
      ...carriedLabels(service, [HEADLESS, MANAGED_BY]),
      ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
      [MANAGED_BY]: NAME,
    };
    const content = wanted.length > 0 ? { subsets: wanted } : {};
    if (!found) {
      const body = { metadata: { name, labels }, ...content };
      mutations.writer.create(type, namespace, body, systemContext(NAME));
    } else if (!equal([found.subsets, found.metadata.labels], [content.subsets, labels])) {
      const next = ({ subsets: _subsets, ...current }: KubeObject) => ({
        ...current,
        metadata: { ...current.metadata, labels },
        ...content,
      });
      mutations.writer.update(
        type,
        namespace,
        name,
        next as (current: KubeObject) => JsonObject,
        systemContext(NAME),
        { isTrusted: true },
      );
    }
  }
}

function subsetsOf(service: KubeObject, pods: Pod[]): Subset[] {
  const isPublished = isPublishingAll(service);
  const subsets: Subset[] = [];
  const inOrder = [...pods].sort((a, b) => (text(a.status.podIP) < text(b.status.podIP) ? -1 : 1));
  for (const pod of inOrder) {
    // A leaving pod is taken out, unless all are to be published.
    if (pod.metadata.deletionTimestamp !== undefined && !isPublished) continue;
    const ports = portsFor(service, pod).map(({ name, ...port }) => (name === '' ? port : { name, ...port }));
    const key = isPublished || isPodReady(pod) ? 'addresses' : 'notReadyAddresses';
    let subset = subsets.find((each) => equal(each.ports ?? [], ports));
    if (!subset) {
      subset = ports.length > 0 ? { ports } : {};
      subsets.push(subset);
    }
    subset[key] = [...(subset[key] ?? []), addressOf(service, pod)];
  }
  return subsets;
}

function addressOf(service: KubeObject, pod: Pod): JsonObject {
  const hostname = hostnameOf(pod, service);
  return {
    ip: pod.status.podIP,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: targetRef(pod),
  };
}
