import type { Refusal } from '../edge/refusal.ts';
import { isRefusal } from '../edge/refusal.ts';
import { isGroup, isLabel, isObjectName, isResource, isVersion } from './name-grammar.ts';

/**
 * What a browser asks of one object, parsed once from the raw address and never again: checks, log lines and the
 * upstream address are all made from this tuple.
 */
export interface KubernetesRequest {
  readonly cluster: string;
  readonly verb: Verb;
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** '' or one of SUBRESOURCES. */
  readonly subresource: string;
  /** '' for cluster-scoped kinds. */
  readonly namespace: string;
  /** '' with create only. */
  readonly name: string;
  readonly isDryRun: boolean;
  readonly propagationPolicy?: PropagationPolicy;
}

export type Verb = 'get' | 'create' | 'update' | 'patch' | 'delete';
export type PropagationPolicy = (typeof PROPAGATION)[number];

const PROPAGATION = ['Background', 'Foreground', 'Orphan'] as const;
const VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const SUBRESOURCES = new Set(['status', 'scale']);
const PREFIX = '/api/clusters/';
const LISTS = 'Lists and watches are not served here: they come over the console’s socket.';

const bad = (message: string): Refusal => ({ status: 400, reason: 'BadRequest', message });
const no = (message: string): Refusal => ({ status: 403, message });
const notAllowed = (message: string): Refusal => ({ status: 405, reason: 'MethodNotAllowed', message });

/** path and query are raw, as request-target.ts let them through. */
export function parseKubernetesRequest(
  method: string,
  path: string,
  query: string,
): KubernetesRequest | Refusal {
  const verb = VERBS[method];
  if (verb === undefined) return notAllowed('This method is not served.');
  const place = placeOf(path);
  if (isRefusal(place)) return place;
  const problem = placeProblem(place) ?? deniedPlace(place) ?? verbProblem(verb, place);
  if (problem !== null) return problem;
  const options = optionsOf(verb, query);
  return isRefusal(options) ? options : { ...place, verb, ...options };
}

type Place = Omit<KubernetesRequest, 'verb' | 'isDryRun' | 'propagationPolicy'>;

/** /api/clusters/CLUSTER/(api/VERSION | apis/GROUP/VERSION)[/namespaces/NAMESPACE]/RESOURCE[/NAME[/SUBRESOURCE]] */
function placeOf(path: string): Place | Refusal {
  if (!path.startsWith(PREFIX)) return bad('This is not the address of an object.');
  const [cluster = '', root, ...rest] = path.slice(PREFIX.length).split('/').map(decodeURIComponent);
  if (root !== 'api' && root !== 'apis') return no('Only objects of the Kubernetes API are served.');
  const [group = '', version = '', ...parts] = root === 'api' ? ['', ...rest] : rest;
  if (root === 'apis' && group === '') return bad('The address names no API group.');
  if (parts.includes('')) return bad('The path ends with a slash or has an empty part.');
  const [namespace, ...found] = scopeOf(parts);
  const [resource = '', name = '', subresource = '', ...more] = found;
  if (more.length > 0) return no('Addresses below a subresource are not served.');
  return { cluster, group, version, resource, subresource, namespace, name };
}

/** The namespace, then resource, name and subresource: a namespace's own status is not a kind within it. */
function scopeOf(parts: readonly string[]): readonly [string, ...string[]] {
  const [first, namespace = '', ...inner] = parts;
  const isInside = first === 'namespaces' && inner.length > 0 && !(inner.length === 1 && isOwn(inner[0]));
  return isInside ? [namespace, ...inner] : ['', ...parts];
}

/** As in apiserver's RequestInfo: these two after a namespace's name are its subresources. */
const isOwn = (part: string | undefined): boolean => part === 'status' || part === 'finalize';

function placeProblem(place: Place): Refusal | null {
  if (!/^[a-z0-9-]{1,80}$/.test(place.cluster)) return bad('The name of the cluster is malformed.');
  if (place.group !== '' && !isGroup(place.group)) return bad('The API group is malformed.');
  if (!isVersion(place.version)) return bad('The API version is malformed.');
  if (!isResource(place.resource)) return bad('The name of the kind is malformed.');
  if (place.namespace !== '' && !isLabel(place.namespace)) return bad('The namespace is malformed.');
  if (place.name !== '' && !isObjectName(place.name)) return bad('The name of the object is malformed.');
  return null;
}

/** Denied for everybody, whatever RBAC says: each of these reaches past the API server or mints credentials. */
function deniedPlace(place: Place): Refusal | null {
  const { group, resource, subresource } = place;
  // The old prefixes of apiserver's RequestInfo (specialVerbs): a watch or a proxy that reads like a kind.
  if (resource === 'watch') return notAllowed(LISTS);
  if (resource === 'proxy') return no('The console does not proxy to nodes, pods or services.');
  if (subresource === 'proxy') return no('The console does not proxy to nodes, pods or services.');
  if (resource === 'serviceaccounts' && subresource === 'token')
    return no('The console does not hand out tokens.');
  if (group === 'authentication.k8s.io' || group === 'authorization.k8s.io')
    return no('Reviews are not objects: the console asks them itself.');
  if (subresource === '' || SUBRESOURCES.has(subresource)) return null;
  return no(`The subresource of this kind is not served yet; status and scale are.`);
}

function verbProblem(verb: Verb, place: Place): Refusal | null {
  if (verb === 'create') {
    if (place.name === '') return null;
    return notAllowed('New objects are posted to their kind, without a name in the address.');
  }
  if (verb === 'get' && place.name === '') return notAllowed(LISTS);
  if (verb === 'delete' && place.name === '') return notAllowed('Objects are deleted one at a time.');
  if (place.name === '') return bad('The address names no object.');
  if (verb === 'delete' && place.subresource !== '') return notAllowed('A subresource cannot be deleted.');
  return null;
}

type Options = Pick<KubernetesRequest, 'isDryRun' | 'propagationPolicy'>;

/** Everything else the API server would take (fieldManager, fieldValidation, force, watch, …) is ours to set. */
function optionsOf(verb: Verb, query: string): Options | Refusal {
  const given = new URLSearchParams(query);
  const keys = [...given.keys()];
  if (new Set(keys).size !== keys.length) return bad('A query parameter is given twice.');
  const foreign = keys.find((key) => key !== 'dryRun' && key !== 'propagationPolicy');
  if (foreign !== undefined) return bad('Only dryRun and propagationPolicy may stand in the query.');
  const dryRun = given.get('dryRun');
  if (dryRun !== null && (dryRun !== 'All' || verb === 'get'))
    return bad('dryRun takes All, and only with a write.');
  const policy = given.get('propagationPolicy');
  if (policy === null) return { isDryRun: dryRun !== null };
  const propagationPolicy = PROPAGATION.find((known) => known === policy);
  if (propagationPolicy === undefined || verb !== 'delete')
    return bad('propagationPolicy takes Background, Foreground or Orphan, and only with a delete.');
  return { isDryRun: dryRun !== null, propagationPolicy };
}

/** The API server's own path of a parsed request, built anew from its parts. */
export function upstreamPath(request: Place): string {
  const root = request.group === '' ? ['api', request.version] : ['apis', request.group, request.version];
  const scope = request.namespace === '' ? [] : ['namespaces', request.namespace];
  const object = [request.resource, request.name, request.subresource].filter((part) => part !== '');
  return `/${[...root, ...scope, ...object].map(encodeURIComponent).join('/')}`;
}
