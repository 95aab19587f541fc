import type { ObjectInformer } from '#lib/k8s/cache/object-informer.ts';
import type { Heartbeat } from '#lib/k8s/client/heartbeat.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { protocolError } from '#lib/protocol/protocol-error.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { ObjectReference, ResourceType } from '#lib/resources/resource-type.ts';
import type { Cluster } from './cluster.ts';
import { FollowedKind, type Source } from './followed-kind.ts';
import { confirmationIsDue, connectionJson, saysTheSame } from './outbox.ts';
import type { Subscription, SubscriptionContext } from './subscription.ts';

/** One full object by name. The kind may not be known yet, or leave: then the connection says so. */
export function createObjectSubscription(
  cluster: Cluster,
  ref: ObjectReference,
  context: SubscriptionContext,
): Subscription {
  return new ObjectSubscription(cluster, ref, context);
}

interface ObjectSource extends Source {
  readonly informer: ObjectInformer;
}

class ObjectSubscription implements Subscription {
  readonly #context: SubscriptionContext;
  readonly #heartbeat: Pick<Heartbeat, 'snapshot'>;
  readonly #kind: FollowedKind<ObjectSource>;
  #told: { readonly connection: Connection; readonly object: object | null } | null = null;
  #seq = 0;
  #gone: Connection | null = null;

  constructor(cluster: Cluster, ref: ObjectReference, context: SubscriptionContext) {
    this.#context = context;
    this.#heartbeat = cluster.heartbeat;
    this.#kind = new FollowedKind({
      discovery: cluster.discovery,
      kind: ref.resource,
      beside: () => null,
      open: (type) => openObject(cluster, type, ref, context.changed),
      changed: context.changed,
      failed: context.failed,
    });
  }

  take(nowMs: number): string | null {
    const connection = this.#dated(this.#kind.connection(), nowMs);
    const told = this.#told;
    // A kind that left takes its informer along, not what the client has seen.
    const object = this.#kind.source === null ? (told?.object ?? null) : this.#kind.source.informer.object;
    const isDue = told !== null && confirmationIsDue(told.connection, connection, nowMs);
    const isSame = told !== null && told.object === object;
    if (isSame && !isDue && saysTheSame(told.connection, connection)) return null;
    this.#told = { connection, object };
    const head = `{"t":"object","id":${this.#context.id},"seq":${this.#seq},"nowMs":${Math.round(nowMs)}`;
    this.#seq += 1;
    const frame = `${head},"connection":${connectionJson(connection)}`;
    if (isSame) return `${frame}}`;
    return `${frame},"object":${object === null ? 'null' : this.#context.objectJson(object)}}`;
  }

  /**
   * No event says when an object left, but a deletion that came while somebody looked is about as old as its arrival.
   * One that was gone from the start has no date.
   */
  #dated(connection: Connection, nowMs: number): Connection {
    if (connection.state !== 'gone') this.#gone = null;
    if (connection.state !== 'gone' || connection.atMs !== 0) return connection;
    const wasThere =
      this.#told !== null && this.#told.object !== null && this.#told.connection.state !== 'gone';
    const { clusterOffsetMs } = this.#heartbeat.snapshot();
    const atMs = wasThere && clusterOffsetMs !== null ? Math.round(clusterOffsetMs + nowMs) : 0;
    this.#gone ??= { ...connection, atMs };
    return this.#gone;
  }

  forget(): void {
    this.#told = null;
  }

  retry(): void {
    this.#kind.retry();
  }

  beat(nowMs: number): void {
    if (confirmationIsDue(this.#told?.connection ?? null, this.#kind.connection(), nowMs)) {
      this.#context.changed();
    }
  }

  close(): void {
    this.#kind.close();
  }
}

function openObject(
  cluster: Cluster,
  type: ResourceType,
  ref: ObjectReference,
  changed: () => void,
): ObjectSource {
  // By name alone the API server would answer with the objects of that name in all namespaces, in turn.
  if (type.scope === 'Namespaced' && ref.namespace === '') {
    const message = `${type.resource} are in a namespace, and the address names none`;
    throw new ApiException(protocolError('BadRequest', message));
  }
  const { informer, release } = cluster.objects.acquire(type, ref.namespace, ref.name);
  const unsubscribe = informer.onChange(changed);
  return {
    informer,
    connection: () => informer.connection,
    retry: () => informer.retry(),
    close() {
      unsubscribe();
      release();
    },
  };
}
