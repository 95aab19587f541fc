import type { Right } from '#lib/k8s/access/access.ts';
import type { Refusal } from '../edge/refusal.ts';
import { isGroup, isLabel, isObjectName, isResource } from './name-grammar.ts';

export interface AccessQuestion {
  readonly cluster: string;
  readonly right: Right;
}

const KEYS = ['verb', 'group', 'resource', 'namespace', 'name', 'subresource'] as const;

/** GET /api/clusters/CLUSTER/access?verb=&group=&resource=&namespace=&name=&subresource= from the raw address. */
export function parseAccessQuestion(path: string, query: string): AccessQuestion | Refusal {
  const bad = (message: string): Refusal => ({ status: 400, reason: 'BadRequest', message });
  const cluster = /^\/api\/clusters\/([a-z0-9-]{1,80})\/access$/.exec(path)?.[1];
  if (cluster === undefined) return bad('The name of the cluster is malformed.');
  const given = new URLSearchParams(query);
  const keys = [...given.keys()];
  if (new Set(keys).size !== keys.length) return bad('A query parameter is given twice.');
  if (keys.some((key) => !KEYS.some((known) => known === key)))
    return bad('A question about access has verb, group, resource, namespace, name and subresource.');
  const [verb, group, resource, namespace, name, subresource] = KEYS.map(
    (key) => given.get(key) ?? '',
  ) as Six;
  if (!/^[a-z]{1,40}$/.test(verb)) return bad('The verb is malformed.');
  if (group !== '' && !isGroup(group)) return bad('The API group is malformed.');
  if (!isResource(resource)) return bad('The name of the kind is malformed.');
  if (namespace !== '' && !isLabel(namespace)) return bad('The namespace is malformed.');
  if (name !== '' && !isObjectName(name)) return bad('The name of the object is malformed.');
  if (subresource !== '' && !isResource(subresource)) return bad('The subresource is malformed.');
  const more = { ...(name === '' ? {} : { name }), ...(subresource === '' ? {} : { subresource }) };
  return { cluster, right: { verb, group, resource, namespace, ...more } };
}

type Six = [string, string, string, string, string, string];
