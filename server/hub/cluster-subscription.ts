import type { SharedInformer } from '#lib/k8s/cache/shared-informer.ts';
import type { ClusterFrame } from '#lib/protocol/frames.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { Cluster } from './cluster.ts';
import { confirmationIsDue, connectionJson, saysTheSame } from './outbox.ts';
import { servedType } from './served-type.ts';
import type { Subscription, SubscriptionContext } from './subscription.ts';

type Facts = Pick<ClusterFrame, 'types' | 'missingGroups' | 'version' | 'user' | 'namespaces'>;
type Fact = keyof Facts;

/**
 * What a cluster serves, who asks, and its namespaces. Each fact travels when it is first known and when it changed; a
 * frame with `types` is complete.
 */
export function createClusterSubscription(cluster: Cluster, context: SubscriptionContext): Subscription {
  return new ClusterSubscription(cluster, context);
}

class ClusterSubscription implements Subscription {
  readonly #cluster: Cluster;
  readonly #context: SubscriptionContext;
  readonly #user: ReturnType<typeof followUser>;
  readonly #namespaces: ReturnType<typeof followNamespaces>;
  readonly #unfollow: () => void;
  #told: { readonly connection: Connection; readonly facts: ReadonlyMap<Fact, string> } | null = null;
  #seq = 0;

  constructor(cluster: Cluster, context: SubscriptionContext) {
    this.#cluster = cluster;
    this.#context = context;
    this.#user = followUser(cluster, context);
    this.#namespaces = followNamespaces(cluster, context.changed);
    this.#unfollow = cluster.discovery.onChange(() => {
      this.#follow();
      context.changed();
    });
    this.#follow();
  }

  take(nowMs: number): string | null {
    const { connection, types, missingGroups, version } = this.#cluster.discovery.snapshot();
    const user = this.#user.known();
    const namespaces = this.#namespaces.known();
    const facts = encodeFacts({ types, missingGroups, version, user, namespaces });
    const told = this.#told;
    const news = [...facts].filter(([fact, json]) => told?.facts.get(fact) !== json);
    const isQuiet = told !== null && saysTheSame(told.connection, connection) && !this.#mustConfirm(nowMs);
    if (isQuiet && news.length === 0) return null;
    this.#told = { connection, facts };
    const head = `{"t":"cluster","id":${this.#context.id},"seq":${this.#seq},"nowMs":${Math.round(nowMs)}`;
    this.#seq += 1;
    const parts = news.map(([fact, json]) => `"${fact}":${json}`);
    return `${[head, `"connection":${connectionJson(connection)}`, ...parts].join(',')}}`;
  }

  forget(): void {
    this.#told = null;
  }

  retry(): void {
    this.#cluster.discovery.retry();
    this.#namespaces.retry();
    this.#user.ask();
  }

  beat(nowMs: number): void {
    if (this.#mustConfirm(nowMs)) this.#context.changed();
  }

  close(): void {
    this.#unfollow();
    this.#user.close();
    this.#namespaces.close();
  }

  #follow(): void {
    this.#user.ask();
    this.#namespaces.follow();
  }

  #mustConfirm(nowMs: number): boolean {
    const { connection } = this.#cluster.discovery.snapshot();
    return confirmationIsDue(this.#told?.connection ?? null, connection, nowMs);
  }
}

/** Facts that are known, as JSON. */
function encodeFacts(facts: { readonly [fact in Fact]: Facts[fact] | undefined }): ReadonlyMap<Fact, string> {
  const encoded = new Map<Fact, string>();
  for (const fact of ['types', 'missingGroups', 'version', 'user', 'namespaces'] as const) {
    if (facts[fact] !== undefined) encoded.set(fact, JSON.stringify(facts[fact]));
  }
  return encoded;
}

/** Who the API server takes us for. Asked until it is known: at first, when discovery changed, when the viewer retries. */
function followUser(cluster: Cluster, { changed, log }: SubscriptionContext) {
  let known: Facts['user'];
  let isAsking = false;
  let isClosed = false;
  return {
    known: () => known,
    ask() {
      if (isAsking || known !== undefined) return;
      isAsking = true;
      cluster.access.user().then(
        (user) => {
          isAsking = false;
          if (isClosed || user === null) return;
          known = user;
          changed();
        },
        (error: unknown) => {
          isAsking = false;
          const reason = error instanceof Error ? error.message : String(error);
          log.warn({ cluster: cluster.identity.id, reason }, 'the API server did not say who we are');
        },
      );
    },
    close() {
      isClosed = true;
    },
  };
}

/** Names of the namespaces; null when they may not be listed, undefined until the first LIST is complete. */
function followNamespaces(cluster: Cluster, changed: () => void) {
  let source: { informer: SharedInformer; release: () => void } | null = null;
  const follow = () => {
    if (source !== null) return;
    const { type } = servedType(cluster.discovery.snapshot(), 'namespaces');
    if (type === null) return;
    const { informer, release } = cluster.informers.acquire(type, []);
    let store = informer.store;
    let offStore = store.onChange(changed);
    const offReplaced = informer.onStore((next) => {
      offStore();
      store = next;
      offStore = store.onChange(changed);
      changed();
    });
    const offConnection = informer.onConnection(changed);
    source = {
      informer,
      release() {
        offStore();
        offReplaced();
        offConnection();
        release();
      },
    };
  };
  return {
    follow,
    known(): readonly string[] | null | undefined {
      if (source === null) return undefined;
      const { informer } = source;
      if (informer.connection.state === 'forbidden') return null;
      if (!informer.isSynced) return undefined;
      return [...informer.store.keys()].map((key) => informer.store.metadata(key).name).sort();
    },
    retry() {
      source?.informer.retry();
    },
    close() {
      source?.release();
      source = null;
    },
  };
}
