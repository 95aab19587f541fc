import type { Store } from '#lib/k8s/cache/store.ts';
import { apiError } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { Related } from '#lib/resources/query-spec.ts';

/** What a query has to be told about other kinds. Their stores are not its own: call invalidate() when these change. */
export interface Relations {
  /** uids of the owners of the object with this uid, as far as they are known (for ownerTransitive). */
  readonly ownersOf?: (uid: string) => readonly string[];
  /** Name of the object with this uid (for node, and for events of nodes). */
  readonly nameOf?: (uid: string) => string | undefined;
}

/** CronJob → Job → Pod has two steps; nothing known has more than four. */
const MOST_STEPS = 4;

/** Throws ApiException (BadRequest) for a relation these rows, or this console so far, cannot answer. */
export function relatedTest(store: Store, related: Related, relations: Relations): (key: number) => boolean {
  const { uid } = related;
  switch (related.by) {
    case 'owner':
      return (key) => store.metadata(key).ownerReferences.some((owner) => owner.uid === uid);
    case 'ownerTransitive': {
      const { ownersOf = () => [] } = relations;
      return (key) => {
        const owners = store.metadata(key).ownerReferences.map((owner) => owner.uid);
        return leadsTo(uid, owners, ownersOf, MOST_STEPS);
      };
    }
    case 'involvedObject':
      return involvedTest(store, uid, relations);
    case 'node':
      return nodeTest(store, uid, relations);
    default:
      throw notSupported(`The relation “${related.by}” is not supported yet`);
  }
}

function leadsTo(
  uid: string,
  owners: readonly string[],
  ownersOf: (uid: string) => readonly string[],
  steps: number,
): boolean {
  if (owners.includes(uid)) return true;
  return steps > 0 && owners.some((owner) => leadsTo(uid, ownersOf(owner), ownersOf, steps - 1));
}

/** The kubelet writes a node's name where the uid belongs (kubelet_node_status: nodeRef.UID is the node name). */
function involvedTest(store: Store, uid: string, { nameOf }: Relations): (key: number) => boolean {
  const column = store.columns.findIndex((one) => one.id === 'involvedUid');
  if (column < 0) throw notSupported('These rows are about no other object');
  return (key) => {
    const involved = store.cell(key, column);
    return involved === uid || (involved !== null && involved === nameOf?.(uid));
  };
}

function nodeTest(store: Store, uid: string, { nameOf }: Relations): (key: number) => boolean {
  const column = store.columns.findIndex((one) => one.link === 'nodes');
  if (column < 0 || nameOf === undefined) throw notSupported('These rows name no node');
  return (key) => {
    const name = nameOf(uid);
    return name !== undefined && store.cell(key, column) === name;
  };
}

function notSupported(message: string): ApiException {
  return new ApiException(apiError({ reason: 'BadRequest', code: 400, message }));
}
