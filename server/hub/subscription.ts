import type { Log } from '#lib/k8s/client/log.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { HubStanding } from './about/hub-standing.ts';
import type { SelfView } from './about/self-view.ts';
import type { StoreReaders } from './tables/store-readers.ts';

/** One question of one socket. It says when it has news; the socket takes the news when there is room for it. */
export interface Subscription {
  /** JSON of the next frame, which then counts as sent; null when the client knows everything. */
  take(nowMs: number): string | null;
  /** The next frame is complete in itself, whatever was sent. */
  forget(): void;
  /** Try again now whatever waits. */
  retry(): void;
  /** Another spec of the same kinds. Throws ApiException when it cannot be served; only rows can be updated. */
  update?(spec: QuerySpec): void;
  /** Every 2 s: news that comes from time alone. */
  beat(nowMs: number): void;
  close(): void;
}

export interface SubscriptionContext {
  readonly id: number;
  readonly log: Log;
  readonly readers: StoreReaders;
  /** JSON of an object, made once for all who look at it. */
  readonly objectJson: (object: object) => string;
  readonly self: SelfView;
  /** The hub as this socket may see it. */
  readonly standing: () => HubStanding;
  /** There is news: take() will be called soon. */
  readonly changed: () => void;
  /** It cannot be served any more: the client is told why (an ApiException says it) and the subscription is closed. */
  readonly failed: (cause: unknown) => void;
}
