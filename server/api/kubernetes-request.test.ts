import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../edge/refusal.ts';
import { targetOf } from '../edge/request-target.ts';
import { type KubernetesRequest, parseKubernetesRequest, upstreamPath } from './kubernetes-request.ts';

const base = '/api/clusters/demo';
const parse = (method: string, path: string, query = '') =>
  parseKubernetesRequest(method, `${base}${path}`, query);

function parsed(method: string, path: string, query = ''): KubernetesRequest {
  const request = parse(method, path, query);
  if (isRefusal(request)) throw new Error(request.message);
  return request;
}

describe('addresses of objects', () => {
  it.each([
    [
      'GET',
      '/api/v1/nodes/worker-1',
      { verb: 'get', group: '', version: 'v1', resource: 'nodes', name: 'worker-1' },
    ],
    ['GET', '/api/v1/namespaces/shop', { resource: 'namespaces', namespace: '', name: 'shop' }],
    [
      'GET',
      '/api/v1/namespaces/shop/status',
      { resource: 'namespaces', name: 'shop', subresource: 'status' },
    ],
    ['GET', '/api/v1/namespaces/shop/pods/cart-1', { resource: 'pods', namespace: 'shop', name: 'cart-1' }],
    ['GET', '/api/v1/namespaces/shop/pods/cart-1/status', { resource: 'pods', subresource: 'status' }],
    ['PUT', '/apis/apps/v1/namespaces/shop/deployments/cart/scale', { group: 'apps', subresource: 'scale' }],
    [
      'DELETE',
      '/apis/cert-manager.io/v1/namespaces/a/certificates/x.y',
      { group: 'cert-manager.io', name: 'x.y' },
    ],
    ['POST', '/api/v1/namespaces/shop/configmaps', { verb: 'create', resource: 'configmaps', name: '' }],
    ['POST', '/api/v1/namespaces', { verb: 'create', resource: 'namespaces', namespace: '' }],
    ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode', { name: 'system:node' }],
    [
      'GET',
      '/api/v1/namespaces/status/pods/status',
      { namespace: 'status', resource: 'pods', name: 'status' },
    ],
  ])('%s %s', (method, path, part) => {
    const request = parsed(method, path);
    expect(request).toMatchObject({ cluster: 'demo', isDryRun: false, ...part });
    expect(decodeURIComponent(upstreamPath(request))).toBe(decodeURIComponent(path));
  });

  it.each([
    ['GET', '/api/v1/pods', 405, /Lists and watches/],
    ['GET', '/api/v1/namespaces/shop/pods', 405, /Lists and watches/],
    ['GET', '/api/v1/namespaces', 405, /Lists and watches/],
    ['DELETE', '/api/v1/namespaces/shop/pods', 405, /one at a time/],
    ['POST', '/api/v1/namespaces/shop/pods/cart-1', 405, /without a name/],
    ['POST', '/api/v1/namespaces/shop/pods/cart-1/eviction', 403, /not served yet/],
    ['GET', '/api/v1/namespaces/shop/pods/cart-1/exec', 403, /not served yet/],
    ['GET', '/api/v1/namespaces/shop/pods/cart-1/log', 403, /not served yet/],
    ['GET', '/api/v1/namespaces/shop/pods/cart-1/portforward', 403, /not served yet/],
    ['POST', '/api/v1/namespaces/shop/pods/cart-1/attach', 403, /not served yet/],
    ['PUT', '/api/v1/namespaces/shop/finalize', 403, /not served yet/],
    ['GET', '/api/v1/nodes/a/proxy', 403, /does not proxy/],
    ['GET', '/api/v1/nodes/a/proxy/metrics', 403, /below a subresource/],
    ['GET', '/api/v1/namespaces/s/services/x/proxy', 403, /does not proxy/],
    ['POST', '/api/v1/namespaces/s/serviceaccounts/x/token', 403, /tokens/],
    ['POST', '/apis/authentication.k8s.io/v1/tokenreviews', 403, /Reviews/],
    ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 403, /Reviews/],
    ['GET', '/version', 403, /Only objects/],
    ['GET', '/metrics', 403, /Only objects/],
    ['GET', '/openapi/v3', 403, /Only objects/],
    ['GET', '/api/v1/watch/pods', 405, /Lists and watches/],
    ['GET', '/api/v1/watch/namespaces/shop/pods/x', 403, /below a subresource/],
    ['GET', '/api', 400, /version/],
    ['GET', '/apis/apps', 400, /version/],
    ['GET', '/apis//v1/pods/a', 400, /group/],
    ['GET', '/api/V1/pods/a', 400, /version/],
    ['GET', '/api/v1/Pods/a', 400, /kind/],
    ['GET', '/api/v1/namespaces/Shop/pods/a', 400, /namespace/],
    ['GET', '/api/v1/namespaces//pods/a', 400, /empty part/],
    ['GET', '/api/v1/nodes/a/', 400, /slash/],
    ['GET', '/api/v1/nodes/a%20b', 400, /object/],
    ['GET', '/api/v1/nodes/%E2%80%AEevil', 400, /object/],
    ['PUT', '/api/v1/namespaces/shop/pods', 400, /names no object/],
    ['DELETE', '/api/v1/namespaces/shop/pods/a/status', 405, /cannot be deleted/],
    ['OPTIONS', '/api/v1/nodes/a', 405, /method/],
  ])('%s %s is refused with %i', (method, path, status, words) => {
    const request = parse(method, path);
    expect(request).toMatchObject({ status });
    expect(isRefusal(request) && request.message).toMatch(words);
  });

  it.each([
    ['GET', 'watch=1'],
    ['GET', 'dryRun=All'],
    ['GET', 'resourceVersion=0'],
    ['PATCH', 'force=true'],
    ['PATCH', 'fieldManager=kubectl'],
    ['PUT', 'fieldValidation=Ignore'],
    ['PUT', 'dryRun=All&dryRun=All'],
    ['PUT', 'dryRun=None'],
    ['PUT', 'propagationPolicy=Orphan'],
    ['DELETE', 'propagationPolicy=Never'],
    ['DELETE', 'gracePeriodSeconds=0'],
    ['DELETE', 'as=root'],
  ])('%s ?%s is refused', (method, query) => {
    expect(parse(method, '/api/v1/nodes/a', query)).toMatchObject({ status: 400 });
  });

  it('takes dryRun and propagationPolicy', () => {
    expect(parsed('DELETE', '/api/v1/nodes/a', 'dryRun=All&propagationPolicy=Foreground')).toMatchObject({
      isDryRun: true,
      propagationPolicy: 'Foreground',
    });
  });
});

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,8}[a-z0-9])?$/);
const word = fc.stringMatching(/^[a-z]([-a-z0-9]{0,8}[a-z0-9])?$/);
const odd = fc.constantFrom(
  ...[
    '',
    '.',
    '..',
    '%2e%2e',
    '%2F',
    '%5C',
    '%00',
    '%25',
    '\\',
    ';',
    '?',
    '#',
    'A',
    ' ',
    '%20',
    'proxy',
    'status',
  ],
  ...[
    'namespaces',
    'exec',
    'api',
    'apis',
    'watch',
    'é',
    '%C3%A9',
    '%ff',
    '__proto__',
    'constructor',
    '%3A',
    '*',
  ],
);
const rawPath = fc
  .tuple(fc.constantFrom('api', 'apis', 'other'), fc.array(fc.oneof(label, word, odd), { maxLength: 9 }))
  .map(([root, parts]) => `${base}/${[root, ...parts].join('/')}`);
const goodPath = fc
  .record({
    group: fc.option(word),
    namespace: fc.option(label),
    resource: word,
    name: label,
    sub: fc.boolean(),
  })
  .map(({ group, namespace, resource, name, sub }) =>
    [
      group === null ? `${base}/api/v1` : `${base}/apis/${group}/v1`,
      ...(namespace === null ? [] : ['namespaces', namespace]),
      ...[resource, name, ...(sub ? ['status'] : [])],
    ].join('/'),
  );
/** A good path with one character replaced, inserted or doubled. */
const mutatedPath = fc
  .tuple(
    goodPath,
    fc.nat(),
    fc.constantFrom('', '/', '%2f', '%2F', '%5c', '.', '..', '%2e', '%00', ';', '\\', 'A', '%'),
  )
  .map(([path, at, text]) => {
    const place = base.length + (at % (path.length - base.length));
    return path.slice(0, place) + text + path.slice(place + (at % 2));
  });

describe('whatever is accepted', () => {
  it.each([
    ['arbitrary paths', rawPath],
    ['mutated paths', mutatedPath],
    ['good paths', goodPath],
  ])('rebuilds to a path that parses to the same tuple: %s', (_, paths) => {
    fc.assert(
      fc.property(paths, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), (path, method) => {
        const target = targetOf(path);
        if (isRefusal(target)) return;
        const request = parseKubernetesRequest(method, target.path, target.query);
        if (isRefusal(request)) return;
        const upstream = upstreamPath(request);
        expect(upstream).toMatch(/^\/apis?\/[A-Za-z0-9%.:_~!'()*/-]+$/);
        expect(upstream.split('/').slice(1)).not.toContain('');
        expect(upstream.split('/').filter((part) => decodeURIComponent(part) === '..')).toEqual([]);
        expect(targetOf(`${base}${upstream}`)).not.toHaveProperty('status');
        expect(parseKubernetesRequest(method, `${base}${upstream}`, target.query)).toEqual(request);
      }),
      { numRuns: 2_000, seed: 3 },
    );
  });
});
