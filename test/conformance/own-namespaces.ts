/**
 * What the suite may change in a cluster that is not its own: namespaces it has made, and what is in them. The rule
 * is held where requests are sent, so that no case has to be trusted. Pure but for the journal.
 */
import { appendFileSync } from 'node:fs';

export const namespacePrefix = 'strata-conformance-';

/** Thrown instead of sending a request; the case is then left out, for this reason. */
export class NotOurs extends Error {}

export interface Request {
  method: string;
  path: string;
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
}

/** Whoever asks these changes nothing. */
const REVIEW = /^\/apis\/(?:authentication|authorization)\.k8s\.io\/v1\/[a-z]+reviews$/;
const OWN = new RegExp(
  `^/(?:api/v1|apis/[a-z0-9.-]+/[a-z0-9]+)/namespaces/${namespacePrefix}[a-z0-9-]+(?:/[^%]*)?$`,
);

/** Why a request is not for a cluster of somebody else; undefined when it may be sent. */
export function reasonToRefuse({ method, path, query = {}, body }: Request): string | undefined {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  if (query.dryRun === 'All' || (method === 'POST' && REVIEW.test(path))) return undefined;
  if (path.includes('..') || !(OWN.test(path) || makesOwnNamespace(method, path, body)))
    return 'it writes outside namespaces of its own';
  return undefined;
}

function makesOwnNamespace(method: string, path: string, body: unknown): boolean {
  if (method !== 'POST' || path !== '/api/v1/namespaces') return false;
  return namespaceOf(body)?.startsWith(namespacePrefix) ?? false;
}

/** The name in the body that makes a namespace, or the one its name will start with. */
export function namespaceOf(body: unknown): string | undefined {
  const { metadata } = (body ?? {}) as { metadata?: { name?: unknown; generateName?: unknown } };
  const name = metadata?.name ?? metadata?.generateName;
  return typeof name === 'string' ? name : undefined;
}

export interface Journal {
  /** Throws NotOurs. */
  before(request: Request): void;
  /** To be told what a request that made a namespace was answered. */
  after(request: Request, answer: unknown): void;
}

/** Refuses what is not ours, and writes down every namespace before it is made: main.ts removes them all. */
export function openJournal(file: string): Journal {
  const note = (name: string): void => appendFileSync(file, `${name}\n`);
  const makes = ({ method, path, body }: Request): boolean => makesOwnNamespace(method, path, body);
  return {
    before: (request) => {
      const reason = reasonToRefuse(request);
      if (reason) throw new NotOurs(reason);
      if (makes(request)) note(namespaceOf(request.body) ?? '');
    },
    after: (request, answer) => {
      if (makes(request)) note(namespaceOf(answer) ?? '');
    },
  };
}

/** The names in a journal, each once, without anything that is not ours. */
export function namesInJournal(text: string): string[] {
  const names = text.split('\n').filter((name) => name.startsWith(namespacePrefix) && !name.endsWith('-'));
  return [...new Set(names)];
}
