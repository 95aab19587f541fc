import { ApiException } from '../client/kubernetes-client.ts';
import type { Fields } from './json.ts';
import { fieldsOf, listOf, textOf, textsOf } from './json.ts';
import type { GroupVersion, ServedResource } from './served.ts';

/** Documents one by one: a list of versions or groups, then one of resources a group and version. */
export type ReadDocument = (path: string) => Promise<unknown>;

const CONCURRENCY = 8;

/** The core group, from /api's APIVersions. */
export async function coreByVersion(document: unknown, read: ReadDocument): Promise<readonly GroupVersion[]> {
  const versions = textsOf(fieldsOf(document).versions).map((version) => ({ group: '', version }));
  return inTurns(versions, ({ version }) =>
    groupVersion('', version, `/api/${encodeURIComponent(version)}`, read),
  );
}

/** Named groups, from /apis' APIGroupList, each group's preferred version first. */
export async function groupsByVersion(
  document: unknown,
  read: ReadDocument,
): Promise<readonly GroupVersion[]> {
  const wanted = listOf(fieldsOf(document).groups).flatMap((item) => {
    const group = textOf(item.name);
    const preferred = textOf(fieldsOf(item.preferredVersion).version);
    const versions = listOf(item.versions).map((version) => textOf(version.version));
    const ordered = [preferred, ...versions.filter((version) => version !== preferred)];
    return ordered.filter((version) => version !== '').map((version) => ({ group, version }));
  });
  return inTurns(wanted, ({ group, version }) =>
    groupVersion(group, version, `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`, read),
  );
}

/** A group that answers with an error is missing; that nothing answers is the cluster's trouble, not the group's. */
async function groupVersion(
  group: string,
  version: string,
  path: string,
  read: ReadDocument,
): Promise<GroupVersion> {
  try {
    return { group, version, isMissing: false, resources: resourcesOf(fieldsOf(await read(path))) };
  } catch (failure) {
    if (!(failure instanceof ApiException) || failure.error.code === 0) throw failure;
    return { group, version, isMissing: true, resources: [] };
  }
}

function resourcesOf(document: Fields): readonly ServedResource[] {
  const all = listOf(document.resources);
  const subresources = new Map<string, string[]>();
  for (const found of all) {
    const [parent = '', ...rest] = textOf(found.name).split('/');
    if (rest.length > 0) subresources.set(parent, [...(subresources.get(parent) ?? []), rest.join('/')]);
  }
  return all
    .filter((found) => !textOf(found.name).includes('/'))
    .map((found) => ({
      resource: textOf(found.name),
      kind: textOf(found.kind),
      scope: found.namespaced === true ? 'Namespaced' : 'Cluster',
      verbs: textsOf(found.verbs),
      shortNames: textsOf(found.shortNames),
      categories: textsOf(found.categories),
      subresources: subresources.get(textOf(found.name)) ?? [],
    }));
}

/** At most eight at a time; results in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return results;
}
