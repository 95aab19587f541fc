import type { SharedInformer } from '#lib/k8s/cache/shared-informer.ts';
import type { Store } from '#lib/k8s/cache/store.ts';
import { namesFrom, ownersThrough } from '#lib/k8s/query/owners-through.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Cluster } from './cluster.ts';
import type { Source } from './followed-kind.ts';
import type { RelationTypes } from './relation-types.ts';
import type { SubscriptionContext } from './subscription.ts';
import type { AskedQuery } from './tables/shared-queries.ts';
import type { TableWindow } from './tables/table-window.ts';

/**
 * The informers of one rows question and the query over their stores. When a store is replaced (a custom kind's
 * columns changed), query and encoder begin anew on the next one.
 */
export interface RowsSource extends Source {
  /** The same one as long as no row was touched. */
  window(): TableWindow;
  /** All rows that match, in order, whatever the window. */
  matches(): MatchedRows;
  /** Throws ApiException when the spec cannot be served; the old one then stays. */
  update(spec: QuerySpec): void;
}

/** keys are those of the store at this moment; a row may leave, and its key go to another, at any later one. */
export interface MatchedRows {
  readonly store: Store;
  readonly keys: Uint32Array;
}

type Context = Pick<SubscriptionContext, 'readers' | 'changed' | 'failed'>;

/** Throws ApiException when the spec cannot be served; nothing is held then. */
export function openRowsSource(
  cluster: Pick<Cluster, 'informers'>,
  context: Context,
  type: ResourceType,
  relation: RelationTypes,
  first: QuerySpec,
): RowsSource {
  let spec = first;
  const held = holdInformers(cluster, type, relation, spec.namespaces);
  const build = () => queryOver(held, context, spec);
  let over = builtOr(build, held.release);
  const rebuild = () => {
    try {
      const next = build();
      over.close();
      over = next;
      context.changed();
    } catch (cause) {
      // The spec does not fit the new columns (a sort or facet by one that left).
      context.failed(cause);
    }
  };
  const unsubscribe = held.all.flatMap((informer) => [
    informer.onStore(rebuild),
    informer.onConnection(context.changed),
  ]);
  return {
    connection: () => answerConnection(held, spec.namespaces),
    window: () => over.window(),
    matches: () => over.matches(),
    update(next) {
      over.update(next);
      spec = next;
      for (const informer of held.all) informer.include(next.namespaces);
    },
    retry() {
      for (const informer of held.all) informer.retry();
    },
    close() {
      for (const off of unsubscribe) off();
      over.close();
      held.release();
    },
  };
}

interface HeldInformers {
  readonly main: SharedInformer;
  /** Without these the answer would be short of rows. */
  readonly needed: readonly SharedInformer[];
  /** needed, and those that only add. */
  readonly beside: readonly SharedInformer[];
  readonly all: readonly SharedInformer[];
  release(): void;
}

function holdInformers(
  cluster: Pick<Cluster, 'informers'>,
  type: ResourceType,
  relation: RelationTypes,
  namespaces: readonly string[],
): HeldInformers {
  const hold = (one: ResourceType) => cluster.informers.acquire(one, namespaces);
  const main = hold(type);
  const needed = relation.needed.map(hold);
  const helpful = relation.helpful.map(hold);
  const all = [main, ...needed, ...helpful];
  return {
    main: main.informer,
    needed: needed.map((one) => one.informer),
    beside: [...needed, ...helpful].map((one) => one.informer),
    all: all.map((one) => one.informer),
    release() {
      for (const one of all) one.release();
    },
  };
}

/** A joined answer is only as good as the worst of what it is joined from: rows that cannot be found are not "none". */
function answerConnection({ main, needed }: HeldInformers, namespaces: readonly string[]): Connection {
  const own = main.connectionFor(namespaces);
  if (own.state !== 'live') return own;
  const others = needed.map((informer) => informer.connectionFor(namespaces));
  return others.find((connection) => connection.state !== 'live') ?? own;
}

interface QueryOver extends Pick<AskedQuery, 'window' | 'update'> {
  matches(): MatchedRows;
  close(): void;
}

function queryOver({ main, beside }: HeldInformers, context: Context, spec: QuerySpec): QueryOver {
  const { store } = main;
  const { queries, release } = context.readers.acquire(store);
  const stores = beside.map((informer) => informer.store);
  const nodes = beside.find((informer) => informer.type.resource === 'nodes');
  const joined = {
    ownersOf: ownersThrough(stores),
    ...(nodes === undefined ? {} : { nameOf: namesFrom(nodes.store) }),
  };
  const open = () => queries.open(spec, spec.related === null ? null : joined, () => context.changed());
  const query = builtOr(open, release);
  const unsubscribe = stores.map((store) => store.onChange(() => query.invalidate()));
  return {
    window: () => query.window(),
    matches: () => ({ store, keys: query.matches() }),
    update: (next) => query.update(next),
    close() {
      for (const off of unsubscribe) off();
      query.close();
      release();
    },
  };
}

/** What build() makes; when it throws, what was held for it is let go. */
function builtOr<T>(build: () => T, letGo: () => void): T {
  try {
    return build();
  } catch (cause) {
    letGo();
    throw cause;
  }
}
