import fc from 'fast-check';
import { expect, test } from 'vitest';
import { querySpec } from './resources/query-spec.ts';
import { routes, searchOf, specOf } from './routes.ts';

test('links read as a person would write them', () => {
  expect(routes.kind('shop-eu-1', 'pods', ['b', 'a'])).toBe('/shop-eu-1/pods?ns=a,b');
  expect(routes.object({ cluster: 'c', resource: 'pods', namespace: 'shop', name: 'cart-1' }, 'yaml')).toBe(
    '/c/pods/shop/cart-1?tab=yaml',
  );
  expect(routes.object({ cluster: 'c', resource: 'nodes', namespace: '', name: 'worker-a1' })).toBe(
    '/c/nodes/worker-a1',
  );
  expect(routes.about('shop-eu-1')).toBe('/shop-eu-1/about');
  const spec = querySpec({
    cluster: 'c',
    kinds: ['pods'],
    text: 'api 4.2',
    sort: { column: 'restarts', descending: true },
  });
  expect(routes.list(spec)).toBe('/c/pods?q=api+4.2&sort=-restarts');
});

test('a spec survives its URL', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  const spec = fc.record({
    namespaces: fc.uniqueArray(name, { maxLength: 4 }).map((names) => names.sort()),
    text: fc.string({ maxLength: 30 }),
    labelSelector: fc.string({ maxLength: 30 }),
    sort: fc.option(fc.record({ column: name, descending: fc.boolean() })),
    related: fc.option(fc.record({ uid: fc.uuid(), by: fc.constantFrom('owner' as const, 'node' as const) })),
    facets: fc.dictionary(name, fc.array(fc.string({ maxLength: 10 }), { minLength: 1, maxLength: 3 }), {
      maxKeys: 3,
    }),
  });
  fc.assert(
    fc.property(spec, (part) => {
      const given = querySpec({ cluster: 'c', kinds: ['pods'], ...part });
      const back = specOf('c', 'pods', new URLSearchParams(searchOf(given)));
      expect({ ...back, facets: { ...back.facets } }).toEqual({ ...given, facets: { ...given.facets } });
    }),
  );
});
