/** One hostile request, and what stands around it. */
import type { Luck } from './luck.ts';

export interface Shot {
  /** What is hostile about it. */
  name: string;
  method: string;
  /** As it goes on the wire. */
  path: string;
  headers: Record<string, string>;
  body?: Buffer | string;
  /** The object that must not be there when this is refused: `resource/namespace/name`. */
  creates?: string;
  /** The same, when this would find it there. */
  removes?: string;
}

/** Bytes on a connection of their own, over TLS or beside it. */
export interface RawShot {
  name: string;
  raw: Buffer;
  isPlain?: boolean;
  isHalfClosed?: boolean;
}

export interface ServedResource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  root: string;
  apiVersion: string;
  resource: string;
  kind: string;
  isNamespaced: boolean;
  verbs: string[];
  subresources: string[];
}

export interface Surroundings {
  resources: ServedResource[];
  /** One object of each resource that has any, by `apiVersion/resource`. */
  samples: Map<string, object>;
  /** Namespaces of our own. */
  namespaces: string[];
  /** Names of pods that run. */
  pods: { namespace: string; name: string }[];
}

export type Maker = (luck: Luck, around: Surroundings, number: number) => (Shot | RawShot)[];

/** Where objects of a resource are, in a namespace of ours. */
export function collection(luck: Luck, { namespaces }: Surroundings, of: ServedResource): string {
  return of.isNamespaced
    ? `${of.root}/namespaces/${luck.pick(namespaces)}/${of.resource}`
    : `${of.root}/${of.resource}`;
}

const HANDS_OFF = new Set([
  // Changing these would break what the run rests on, as it would on a real cluster.
  'nodes',
  'namespaces',
  'clusterroles',
  'clusterrolebindings',
  'apiservices',
]);

/** A resource that may be written at will. */
export function writable(luck: Luck, { resources }: Surroundings): ServedResource {
  const fit = resources.filter(
    ({ resource, verbs }) => verbs.includes('create') && verbs.includes('list') && !HANDS_OFF.has(resource),
  );
  return luck.pick(fit);
}

export const JSON_TYPE = { 'content-type': 'application/json' };
