/** Subresources, reviews, discovery and headers, each with what does not belong there. */
import type { Luck } from '../luck.ts';
import { JSON_TYPE, type Maker, type Shot, type Surroundings } from '../shot.ts';
import { hostileJson, hostileName } from '../values.ts';
import { ACCEPTS, INTEGERS } from './queries.ts';

const REVIEWS = [
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
  '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  '/apis/authentication.k8s.io/v1/tokenreviews',
];

function podPath(luck: Luck, { pods }: Surroundings): string {
  const { namespace, name } = luck.pick(pods);
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

const integer = (luck: Luck) => encodeURIComponent(luck.pick(INTEGERS));

const MAKERS: readonly ((luck: Luck, around: Surroundings) => Shot)[] = [
  (luck) => ({
    name: 'review',
    method: 'POST',
    path: luck.pick(REVIEWS),
    headers: JSON_TYPE,
    body: `{"spec":${luck.is(0.5) ? hostileJson(luck) : `{"resourceAttributes":${hostileJson(luck)},"user":${hostileJson(luck)},"groups":${hostileJson(luck)},"extra":${hostileJson(luck)}}`}}`,
  }),
  (luck, around) => ({
    name: 'log',
    method: 'GET',
    path: `${podPath(luck, around)}/log?tailLines=${integer(luck)}&limitBytes=${integer(luck)}&sinceSeconds=${integer(luck)}&container=${encodeURIComponent(hostileName(luck))}&previous=${luck.pick(['true', 'x'])}`,
    headers: {},
  }),
  (luck) => ({
    name: 'eviction',
    method: 'POST',
    path: `/api/v1/namespaces/fuzz-a/pods/fuzz-${luck.below(500)}/eviction`,
    headers: JSON_TYPE,
    body: `{"apiVersion":"policy/v1","kind":"Eviction","metadata":${hostileJson(luck)},"deleteOptions":${hostileJson(luck)}}`,
  }),
  (luck) => ({
    name: 'binding',
    method: 'POST',
    path: `/api/v1/namespaces/fuzz-a/pods/fuzz-${luck.below(500)}/binding`,
    headers: JSON_TYPE,
    body: `{"apiVersion":"v1","kind":"Binding","target":${hostileJson(luck)}}`,
  }),
  (luck) => ({
    name: 'scale',
    method: luck.pick(['PUT', 'PATCH']),
    path: `/apis/apps/v1/namespaces/fuzz-a/deployments/fuzz-${luck.below(500)}/scale`,
    headers: { 'content-type': luck.pick(['application/json', 'application/merge-patch+json']) },
    body: `{"spec":{"replicas":${hostileJson(luck)}}}`,
  }),
  (luck) => ({
    name: 'ephemeral containers',
    method: 'PATCH',
    path: `/api/v1/namespaces/fuzz-a/pods/fuzz-${luck.below(500)}/ephemeralcontainers`,
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: `{"spec":{"ephemeralContainers":${hostileJson(luck)}}}`,
  }),
  (luck) => ({
    name: 'token',
    method: 'POST',
    path: '/api/v1/namespaces/fuzz-a/serviceaccounts/default/token',
    headers: JSON_TYPE,
    body: `{"spec":{"audiences":${hostileJson(luck)},"expirationSeconds":${hostileJson(luck)}}}`,
  }),
  (luck) => ({
    name: 'proxy',
    method: luck.pick(['GET', 'POST']),
    path: `/api/v1/nodes/${encodeURIComponent(hostileName(luck))}/proxy/${encodeURIComponent(hostileName(luck))}`,
    headers: {},
  }),
  (luck) => ({
    name: 'impersonation',
    method: 'GET',
    path: '/api/v1/namespaces/fuzz-a/configmaps',
    headers: {
      'impersonate-user': luck.pick([
        '',
        'x',
        '__proto__',
        'system:serviceaccount:a',
        'system:anonymous',
        'x'.repeat(3_000),
      ]),
      'impersonate-group': luck.pick(['__proto__', 'system:masters', ',']),
      [`impersonate-extra-${luck.pick(['a', '%', '%zz', '__proto__'])}`]: 'v',
    },
  }),
  (luck) => ({
    name: 'authorization',
    method: 'GET',
    path: '/api/v1/pods',
    headers: {
      authorization: luck.pick([
        'Bearer',
        'Bearer  ',
        'Bearer x y',
        'Basic eDp5',
        'bearer __proto__',
        `Bearer ${'x'.repeat(9_000)}`,
        'Negotiate =',
      ]),
    },
  }),
  (luck) => ({
    name: 'discovery',
    method: 'GET',
    path: luck.pick([
      '/api',
      '/apis',
      '/openapi/v3',
      '/openapi/v2',
      '/openapi/v3/apis/__proto__/v1',
      '/openapi/v3/../..',
      '/readyz/__proto__',
      '/readyz?exclude=__proto__&verbose',
      '/livez?verbose=%zz',
      '/version/x',
    ]),
    headers: {
      accept: luck.pick([
        'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        'application/json;g=apidiscovery.k8s.io;v=v99;as=APIGroupDiscoveryList',
        'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
        ...ACCEPTS,
      ]),
      'if-none-match': '"x"',
    },
  }),
  (luck) => ({
    name: 'audit id',
    method: 'GET',
    path: '/version',
    headers: {
      'audit-id': luck.pick(['', 'x'.repeat(9_000), '<>', '__proto__']),
      range: 'bytes=0-',
      'if-match': '*',
      'x-remote-user': 'root',
    },
  }),
];

export const oddities: Maker = (luck, around) => [luck.pick(MAKERS)(luck, around)];
