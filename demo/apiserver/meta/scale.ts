/** The scale subresource: replicas of any kind that has them, read and written as one autoscaling/v1 Scale. */
import { at, type JsonObject, number, object, put, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { ResourceType } from './kinds.ts';
import { internal } from './status.ts';

const SCALED = new Set([
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'replicationcontrollers',
]);

/** Where a kind keeps them, as paths of keys. */
interface ScalePaths {
  replicas: string[];
  status: string[];
  selector: string[] | undefined;
}

const keys = (jsonPath: string): string[] => jsonPath.split('.').slice(1);

function pathsOf({ key, custom }: ResourceType): ScalePaths | undefined {
  if (custom?.scale) {
    const { spec, status, selector } = custom.scale;
    return { replicas: keys(spec), status: keys(status), selector: selector ? keys(selector) : undefined };
  }
  if (!SCALED.has(key)) return undefined;
  return { replicas: ['spec', 'replicas'], status: ['status', 'replicas'], selector: undefined };
}

export const isScaled = (type: ResourceType): boolean => pathsOf(type) !== undefined;

/** The Scale of an object, or undefined when its kind has none. Throws 500 when a custom object has no replicas. */
export function scaleOf(type: ResourceType, value: KubeObject): JsonObject | undefined {
  const paths = pathsOf(type);
  if (!paths) return undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = value.metadata;
  const wanted = at(value, ...paths.replicas);
  if (type.custom && typeof wanted !== 'number')
    throw internal(`the spec replicas field ".${paths.replicas.join('.')}" does not exist`);
  const selector = paths.selector ? text(at(value, ...paths.selector)) : selectorText(type, value);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // A zero is left out, as its omitempty has it.
    spec: wanted ? { replicas: number(wanted) } : {},
    status: { replicas: number(at(value, ...paths.status)), ...(selector ? { selector } : {}) },
  };
}

function selectorText(type: ResourceType, value: KubeObject): string {
  if (type.custom) return '';
  const isPlain = type.key === 'replicationcontrollers';
  const labels = isPlain ? at(value, 'spec', 'selector') : at(value, 'spec', 'selector', 'matchLabels');
  return Object.entries(object(labels))
    .map(([key, item]) => `${key}=${String(item)}`)
    .sort()
    .join(',');
}

/** A copy with other replicas. */
export function withReplicas(type: ResourceType, value: KubeObject, replicas: number): KubeObject {
  const set = (node: JsonObject, [key = '', ...rest]: string[]): JsonObject => {
    const out = { ...node };
    put(out, key, rest.length === 0 ? replicas : set(object(node[key]), rest));
    return out;
  };
  return set(value, pathsOf(type)?.replicas ?? []) as KubeObject;
}
