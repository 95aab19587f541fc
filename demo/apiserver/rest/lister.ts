/** Lists: selection, pages of one stable snapshot, and revisions older than the present one. */
import { isObject } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { Compacted, keyOf, type Store } from '../../storage/store.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { badRequest, gone } from '../meta/status.ts';
import type { Filter } from './fields.ts';
import { tooNew } from './freshness.ts';
import type { ListOptions } from './list-options.ts';

export interface Page {
  items: KubeObject[];
  resourceVersion: string;
  continueToken?: string;
  remainingItemCount?: number;
}

interface Token {
  /** -1: go on in the present list, which may be inconsistent with the pages before. */
  rv: number;
  start: string;
}

const encode = (token: Token) =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.rv, start: token.start })).toString(
    'base64url',
  );

function decode(written: string): Token {
  try {
    const token: unknown = JSON.parse(Buffer.from(written, 'base64url').toString());
    if (
      isObject(token) &&
      token.v === 'meta.k8s.io/v1' &&
      typeof token.rv === 'number' &&
      typeof token.start === 'string'
    ) {
      return { rv: token.rv, start: token.start };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(`invalid continue token: continue key is not valid: ${error.message}`);
  }
  throw badRequest(
    'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion (version meta.k8s.io/v1)',
  );
}

const EXPIRED_PAGE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

export function listPage(
  store: Store,
  type: ResourceType,
  namespace: string,
  options: ListOptions,
  filter: Filter | undefined,
): Page {
  const token = options.continueToken ? decode(options.continueToken) : undefined;
  if (token && options.resourceVersion)
    throw badRequest('specifying resource version is not allowed when using continue');
  const wanted = options.resourceVersion ?? 0;
  if (wanted > store.revision) throw tooNew(wanted, store.revision);
  const revision = token
    ? token.rv < 0
      ? store.revision
      : token.rv
    : options.match === 'Exact'
      ? wanted
      : store.revision;
  const all = snapshot(store, type, namespace, revision, token, options.limit);
  const from = token ? firstAfter(all, token.start) : 0;
  const { limit } = options;
  const items = take(all, from, limit, filter);
  if (limit <= 0 || items.length <= limit) return { items, resourceVersion: String(revision) };
  items.pop();
  return {
    items,
    resourceVersion: String(revision),
    continueToken: encode({ rv: revision, start: keyOf(items.at(-1) as KubeObject) }),
    // With a selector the real server does not know how many are left, so it says nothing.
    ...(filter ? {} : { remainingItemCount: all.length - from - limit }),
  };
}

/** One more than the limit, when there are as many: so that it is known whether there is another page. */
function take(
  all: readonly KubeObject[],
  from: number,
  limit: number,
  filter: Filter | undefined,
): KubeObject[] {
  const most = limit > 0 ? limit + 1 : Number.POSITIVE_INFINITY;
  if (!filter) return all.slice(from, from + most);
  const found: KubeObject[] = [];
  for (let index = from; index < all.length && found.length < most; index += 1) {
    const object = all[index] as KubeObject;
    if (filter(object)) found.push(object);
  }
  return found;
}

/** The index of the first object behind a key; lists are in key order. */
function firstAfter(all: readonly KubeObject[], key: string): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(all[middle] as KubeObject) > key) high = middle;
    else low = middle + 1;
  }
  return low;
}

function snapshot(
  store: Store,
  type: ResourceType,
  namespace: string,
  revision: number,
  token: Token | undefined,
  limit: number,
): readonly KubeObject[] {
  try {
    // Who reads in pages will be back for the same list.
    return limit > 0
      ? store.snapshot(type.key, namespace, revision)
      : store.listAt(type.key, namespace, revision);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    if (token) throw gone(EXPIRED_PAGE, encode({ rv: -1, start: token.start }));
    throw gone('The resourceVersion for the provided list is too old.');
  }
}
