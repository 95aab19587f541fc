import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { protocolError } from '#lib/protocol/protocol-error.ts';
import type { Counts, QuerySpec } from '#lib/resources/query-spec.ts';
import type { Cluster } from './cluster.ts';
import { FollowedKind } from './followed-kind.ts';
import { confirmationIsDue, createOutbox, type Outbox, type Present } from './outbox.ts';
import { type RelationTypes, relationTypes } from './relation-types.ts';
import { openRowsSource, type RowsSource } from './rows-source.ts';
import type { Subscription, SubscriptionContext } from './subscription.ts';
import { createTableWindow } from './tables/table-window.ts';

const NO_ROWS: Counts = { total: 0, matched: 0, facets: {} };

/**
 * A window of rows of one kind. Follows discovery: a kind that is not known yet, or leaves, is a connection, not an
 * error. Throws ApiException when the spec cannot be served at all.
 */
export function createRowsSubscription(
  cluster: Cluster,
  spec: QuerySpec,
  context: SubscriptionContext,
): Subscription {
  return new RowsSubscription(cluster, spec, context);
}

class RowsSubscription implements Subscription {
  readonly #context: SubscriptionContext;
  readonly #outbox: Outbox;
  readonly #kind: FollowedKind<RowsSource, RelationTypes>;
  #spec: QuerySpec;

  constructor(cluster: Cluster, spec: QuerySpec, context: SubscriptionContext) {
    const kind = kindOf(spec);
    this.#context = context;
    this.#outbox = createOutbox(context.id);
    this.#spec = spec;
    this.#kind = new FollowedKind({
      discovery: cluster.discovery,
      kind,
      beside: (snapshot) => relationTypes(snapshot, kind, spec.related),
      open: (type, relation) => openRowsSource(cluster, context, type, relation, this.#spec),
      changed: context.changed,
      failed: context.failed,
    });
  }

  take(nowMs: number): string | null {
    if (this.#mustConfirm(nowMs)) this.#outbox.confirm();
    return this.#outbox.take(this.#present(), nowMs);
  }

  forget(): void {
    this.#outbox.forget();
  }

  retry(): void {
    this.#kind.retry();
  }

  update(next: QuerySpec): void {
    if (identityOf(next) !== identityOf(this.#spec)) {
      const message = 'an update may not change cluster, kind or relation';
      throw new ApiException(protocolError('BadRequest', message));
    }
    this.#kind.source?.update(next);
    this.#spec = next;
  }

  beat(nowMs: number): void {
    if (this.#mustConfirm(nowMs)) this.#context.changed();
  }

  close(): void {
    this.#kind.close();
  }

  #mustConfirm(nowMs: number): boolean {
    return confirmationIsDue(this.#outbox.told, this.#kind.connection(), nowMs);
  }

  #present(): Present {
    const connection = this.#kind.connection();
    const window = this.#kind.source?.window() ?? null;
    // Whoever lost the right to see rows does not keep them on the screen.
    if (window !== null && connection.state === 'forbidden') {
      const empty = { order: [], offset: 0, sort: window.sort, counts: NO_ROWS };
      return { connection, window: createTableWindow(empty, window.encoder) };
    }
    return { connection, window };
  }
}

function kindOf(spec: QuerySpec): string {
  const [kind, ...others] = spec.kinds;
  if (kind === undefined || others.length > 0) {
    throw new ApiException(protocolError('BadRequest', 'a subscription asks for one kind'));
  }
  return kind;
}

function identityOf(spec: QuerySpec): string {
  return JSON.stringify([spec.cluster, spec.kinds, spec.related]);
}
