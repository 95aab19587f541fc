import type { ApiError } from '#lib/resources/api-error.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { ListWatch } from './list-watch.ts';

/**
 * One API server as one identity (a context of the operator's kubeconfig). All requests of the console go through
 * `request` on pooled connections (HTTP/1.1, so that one lost connection takes one watch with it, not all).
 * Credentials are added here and nowhere else: client certificates, tokens, token files (read again when they change),
 * exec plugins. TLS is verified unless the kubeconfig says otherwise. Redirects are never followed.
 */
export interface KubernetesClient {
  readonly cluster: ClusterIdentity;
  /** Rejects with ApiException for any status ≥ 400, any non-Kubernetes answer, and when nothing answers. */
  request(options: RequestOptions): Promise<KubernetesAnswer>;
  listWatch(type: ResourceType, namespace: string): ListWatch;
  /** Closes all connections; requests under way reject. */
  close(): Promise<void>;
}

export interface ClusterIdentity {
  /** Slug of the context, used in URLs. */
  readonly id: string;
  readonly context: string;
  readonly server: string;
  readonly user: string;
  /** Namespace of the context; '' when it names none. */
  readonly namespace: string;
}

export interface RequestOptions {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the API server, built by the caller from parsed parts and already percent-encoded: '/api/v1/pods'. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: Uint8Array | string;
  /** Whole answer; 30,000 when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** 'probe' uses a connection of its own (the heartbeat). */
  readonly lane?: 'default' | 'probe';
  readonly requestId?: string;
}

export interface KubernetesAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly auditId?: string;
  /** The API server's Date header, ms since 1970; NaN when absent. */
  readonly dateMs: number;
  /** Warning headers' texts. */
  readonly warnings: readonly string[];
  json(): unknown;
}

/** What every layer above throws and catches. `error` may be shown to people as it is. */
export class ApiException extends Error {
  readonly error: ApiError;
  constructor(error: ApiError, options?: ErrorOptions) {
    super(error.message, options);
    this.name = 'ApiException';
    this.error = error;
  }
}

/** A kubeconfig entry that cannot be used becomes a cluster with an error instead of a client. */
export type ClusterEntry =
  | { readonly cluster: ClusterIdentity; readonly client: KubernetesClient }
  | { readonly cluster: ClusterIdentity; readonly error: ApiError };
