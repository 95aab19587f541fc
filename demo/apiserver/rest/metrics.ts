/**
 * What is answered from the model of use instead of the store: metrics.k8s.io, as metrics-server behind the
 * aggregation layer, and the GET proxy of nodes with what listens on them.
 */
import { METRICS_GROUP } from '../../facts/metrics-facts.ts';
import { metricsObjects } from '../../usage/metrics-api.ts';
import { type Proxied, proxied, proxyTarget } from '../../usage/node-proxy.ts';
import type { Usage } from '../../usage/usage.ts';
import type { ResourceType } from '../meta/kinds.ts';
import type { Media } from '../meta/negotiate.ts';
import type { RequestInfo } from '../meta/request-info.ts';
import { ApiError, methodNotAllowed, notFound } from '../meta/status.ts';
import type { TablePrinter } from '../table/printer.ts';
import { readFilter } from './fields.ts';
import { listText, singleText } from './represent.ts';

export const isMetrics = (type: ResourceType): boolean => type.group === METRICS_GROUP;

/** The text of one object or a list. Metrics have no revision, no pages and no watch. */
export function metricsText(
  usage: Usage,
  table: TablePrinter,
  type: ResourceType,
  info: RequestInfo,
  media: Media,
): string {
  if (!type.verbs.includes(info.verb)) throw methodNotAllowed();
  const namespace = type.namespaced ? info.namespace : '';
  const all = metricsObjects(usage, type.resource, namespace);
  if (info.verb === 'get') {
    const found = all.find(({ metadata }) => metadata.name === info.name);
    if (!found || info.subresource !== '') throw noMetrics(type, info);
    return singleText(type, found, media, table, info.query);
  }
  const filter = readFilter(type, info.query);
  const items = filter ? all.filter(filter) : all;
  return listText(type, { items, resourceVersion: '' }, media, table, info.query);
}

/** metrics-server names its own kinds, and the namespace with the pod. */
function noMetrics(type: ResourceType, { namespace, name }: RequestInfo): ApiError {
  const resource = type.kind.toLowerCase();
  return notFound({ ...type, resource }, type.namespaced ? `${namespace}/${name}` : name);
}

/** Throws ApiError: 405 for what is no GET, 404 for a node that is not there, 503 for a port nothing listens on. */
export function nodeProxy(usage: Usage, type: ResourceType, info: RequestInfo): Proxied {
  if (info.verb !== 'get') throw methodNotAllowed();
  const { name, port } = proxyTarget(info.name);
  if (!usage.node(name)) throw notFound(type, name);
  const path = info.path.split('/').slice(6).join('/');
  const isSilent = usage.isSilent(name);
  const answer = isSilent ? undefined : proxied(usage, name, port, `/${path}`);
  if (answer) return answer;
  throw new ApiError(
    503,
    'ServiceUnavailable',
    `error trying to reach service: dial tcp ${name}:${port || 10250}: connect: ${isSilent ? 'no route to host' : 'connection refused'}`,
  );
}
