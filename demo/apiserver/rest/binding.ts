/** Binding a pod to a node: for the scheduler, and for whoever posts a Binding. */
import { array, at, type JsonObject, object, text } from '../../base/json.ts';
import type { Condition, KubeObject } from '../../base/types.ts';
import { ApiError, badRequest, conflict } from '../meta/status.ts';
import { isoTime, type Machinery, type WriteContext } from './context.ts';
import type { ObjectWriter } from './writer.ts';

export interface Binding {
  node: string;
  uid?: string;
  resourceVersion?: string;
  annotations?: JsonObject;
  labels?: JsonObject;
}

/** Reads a posted Binding. Throws ApiError: 400 for another pod's, 500 without a Status reason for a bad target. */
export function readBinding(body: JsonObject, name: string): Binding {
  const metadata = object(body.metadata);
  if (text(metadata.name) !== name) throw badRequest('name in URL does not match name in Binding object');
  const kind = text(at(body, 'target', 'kind'));
  const node = text(at(body, 'target', 'name'));
  const faults: string[] = [];
  if (kind !== '' && kind !== 'Node')
    faults.push(
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    );
  if (node === '') faults.push('target.name: Required value');
  if (faults.length > 0)
    throw new ApiError(500, '', faults.length > 1 ? `[${faults.join(', ')}]` : (faults[0] ?? ''));
  const { uid, resourceVersion } = metadata;
  return {
    node,
    ...(text(uid) ? { uid: text(uid) } : {}),
    ...(text(resourceVersion) ? { resourceVersion: text(resourceVersion) } : {}),
    annotations: object(metadata.annotations),
    labels: object(metadata.labels),
  };
}

const TOPOLOGY = new Set(['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']);

/** Puts a pod on a node in one write. Throws ApiError: 404, 409 when it has a node, is going or is held back. */
export function bindPod(
  { kinds, clock, store }: Machinery,
  writer: ObjectWriter,
  namespace: string,
  name: string,
  binding: Binding,
  context: WriteContext,
): KubeObject {
  const refuse = (why: string) =>
    conflict({ group: '', resource: 'pods/binding', kind: 'Binding' }, name, why);
  const assign = (pod: KubeObject): JsonObject => {
    const { node, uid, resourceVersion } = binding;
    const spec = object(pod.spec);
    if (pod.metadata.deletionTimestamp !== undefined)
      throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
    if (text(spec.nodeName))
      throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`);
    if (array(spec.schedulingGates).length > 0)
      throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
    const annotations = { ...pod.metadata.annotations, ...binding.annotations };
    const labels = {
      ...pod.metadata.labels,
      ...binding.labels,
      ...topologyLabels(store.get('nodes', '', node)),
    };
    return {
      ...pod,
      metadata: {
        ...pod.metadata,
        ...(uid ? { uid } : {}),
        ...(resourceVersion ? { resourceVersion } : {}),
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        ...(Object.keys(labels).length > 0 ? { labels } : {}),
      },
      spec: { ...spec, nodeName: node },
      status: scheduled(object(pod.status), isoTime(clock.now())),
    };
  };
  // The real one writes past its strategies and managers, too.
  const bound = { ...context, subresource: 'binding' };
  const options = { isTrusted: true, keepsManagers: true };
  return writer.update(kinds.builtIn('pods'), namespace, name, assign, bound, options);
}

/** Admission (PodTopologyLabels) copies these from the node, so that a program can be told where it runs. */
function topologyLabels(node: KubeObject | undefined): Record<string, string> {
  const labels = Object.entries(node?.metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([key]) => TOPOLOGY.has(key)));
}

/** PodScheduled is True, and nothing is promised any more. */
function scheduled({ nominatedNodeName: _promise, ...status }: JsonObject, now: string): JsonObject {
  const others = (array(status.conditions) as Condition[]).filter(({ type }) => type !== 'PodScheduled');
  const condition = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  return { ...status, conditions: [...others, condition] };
}
