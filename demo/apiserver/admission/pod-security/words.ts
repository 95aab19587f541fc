/** How the checks of pods read a pod and put their findings into words. */
import { type JsonObject, object, objects, text } from '../../../base/json.ts';

/** A pod, or the pod of a template. */
export interface PodLike {
  annotations: Record<string, unknown>;
  spec: JsonObject;
}

/** In the order in which they are started. */
export const containersOf = ({ spec }: PodLike): JsonObject[] => [
  ...objects(spec.initContainers),
  ...objects(spec.containers),
  ...objects(spec.ephemeralContainers),
];

export const securityOf = (holder: JsonObject): JsonObject => object(holder.securityContext);

export const nameOf = (item: JsonObject): string => text(item.name);

export const plural = (word: string, count: number): string => (count === 1 ? word : `${word}s`);

export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');

export const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort();

/** `container "a"`, `volumes "a", "b"`; nothing for nobody. */
export const named = (word: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${plural(word, names.length)} ${quoted(names)}`];

/** The pod itself, the containers, or both: those whose security context is found wanting. */
export function setters(pod: PodLike, isBad: (security: JsonObject) => boolean): string[] {
  const own = isBad(securityOf(pod.spec)) ? ['pod'] : [];
  const names = containersOf(pod)
    .filter((container) => isBad(securityOf(container)))
    .map(nameOf);
  return [...own, ...named('container', names)];
}

export const isWindows = ({ spec }: PodLike): boolean => object(spec.os).name === 'windows';

/** A pod in a user namespace of its own may be root in there. */
export const hasUserNamespace = ({ spec }: PodLike): boolean => spec.hostUsers === false;
