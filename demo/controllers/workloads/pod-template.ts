/** What the workload controllers do with pod templates: make pods of them, name them by their hash, compare them. */
import { equal, type JsonObject } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import { fnv32, safeEncode } from '../../base/random.ts';
import type { KubeObject, PodTemplate } from '../../base/types.ts';

export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** A new pod of a controller: the template's labels, annotations and spec, a generated name, the controller as owner. */
export function podFromTemplate(owner: KubeObject, template: PodTemplate): JsonObject {
  const { name, uid } = owner.metadata;
  const { labels, annotations } = template.metadata ?? {};
  return {
    metadata: {
      generateName: `${name}-`,
      labels: { ...labels },
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ownerReferences: [controllerReference(owner.apiVersion, owner.kind, name, uid)],
    },
    spec: { ...(template.spec as unknown as JsonObject) },
  };
}

/** The same template has the same hash, whatever the order of its keys; another collision count, another hash. */
export function templateHash(template: unknown, collisionCount = 0): string {
  return safeEncode(String(fnv32(`${stable(template)}${collisionCount > 0 ? collisionCount : ''}`)));
}

/** Equal but for the hash label that the Deployment controller puts on a ReplicaSet's template. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

function withoutHash({ metadata, spec }: PodTemplate): JsonObject {
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = metadata?.labels ?? {};
  return { metadata: { ...metadata, labels }, spec };
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`)
    .join(',')}}`;
}
