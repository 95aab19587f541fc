import { type QuerySpec, querySpec, type Sort } from '#lib/resources/query-spec.ts';
import { NAMESPACES, namespaceName } from '../replay/pods.ts';
import { luckOf } from '../truth/luck.ts';

const SORTS = ['state', 'restarts', 'node', 'ip', 'age', 'name', 'namespace'];

/**
 * Questions as people ask them, no two alike: most look at everything, some at their namespaces, a third type two letters, a
 * fifth press a facet; any sort, and not all at the top of the list.
 */
export function questions(count: number, seed: number, cluster: string): QuerySpec[] {
  const luck = luckOf(seed);
  const found = new Map<string, QuerySpec>();
  while (found.size < count) {
    const is = (share: number) => luck.next() < share;
    const namespaces = is(0.4)
      ? Array.from({ length: 1 + luck.below(40) }, () => namespaceName(luck.below(NAMESPACES)))
      : [];
    const spec = querySpec({
      cluster,
      kinds: ['pods'],
      namespaces: [...new Set(namespaces)],
      text: is(0.33) ? luck.below(256).toString(16).padStart(2, '0') : '',
      facets: is(0.2) ? { state: [luck.pick(['ok', 'failed', 'warning'])] } : {},
      sort: sortOf(luck.pick(SORTS), is(0.5)),
      window: { offset: is(0.5) ? 0 : luck.below(3_000), limit: 100 },
    });
    found.set(JSON.stringify(spec), spec);
  }
  return [...found.values()];
}

const sortOf = (column: string, descending: boolean): Sort => ({ column, descending });
