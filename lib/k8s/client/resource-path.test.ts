import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiException } from './kubernetes-client.ts';
import { requestTarget } from './request-target.ts';
import { resourcePath } from './resource-path.ts';

const pods = { group: '', version: 'v1', resource: 'pods', scope: 'Namespaced' } as const;
const scales = { group: 'apps', version: 'v1', resource: 'deployments', scope: 'Namespaced' } as const;
const nodes = { group: '', version: 'v1', resource: 'nodes', scope: 'Cluster' } as const;

describe('resourcePath', () => {
  it('builds the four shapes', () => {
    expect(resourcePath(pods)).toBe('/api/v1/pods');
    expect(resourcePath(pods, 'shop')).toBe('/api/v1/namespaces/shop/pods');
    expect(resourcePath(scales, 'shop', 'cart', 'scale')).toBe(
      '/apis/apps/v1/namespaces/shop/deployments/cart/scale',
    );
    expect(resourcePath(nodes, '', 'a:b/c?d#e')).toBe('/api/v1/nodes/a%3Ab%2Fc%3Fd%23e');
  });

  it('refuses what would be another path', () => {
    for (const name of ['.', '..', '\ud800'])
      expect(() => resourcePath(pods, 'a', name)).toThrow(ApiException);
    expect(() => resourcePath(nodes, 'a')).toThrow(ApiException);
    expect(() => resourcePath(pods, 'a', '', 'log')).toThrow(ApiException);
    expect(() => resourcePath({ ...pods, version: '' })).toThrow(ApiException);
  });

  it('keeps any name in one segment, which the client accepts', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text));
    fc.assert(
      fc.property(part, part, (namespace, name) => {
        const path = resourcePath(pods, namespace, name);
        expect(path.split('/').slice(4).map(decodeURIComponent)).toEqual([namespace, 'pods', name]);
        expect(requestTarget('/base', path)).toBe(`/base${path}`);
      }),
    );
  });
});
