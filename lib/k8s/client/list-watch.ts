import type { ResourceType } from '#lib/resources/resource-type.ts';

/**
 * The narrow interface between transport and Reflector: raw bytes of one type in one scope. Decoding is the codec's.
 * Errors are thrown as ApiException (api-exception.ts); an aborted signal ends quietly with AbortError.
 */
export interface ListWatch {
  readonly type: ResourceType;
  /** '' for all namespaces (or a cluster-scoped type). */
  readonly namespace: string;
  list(options: ListOptions): Promise<RawAnswer>;
  /**
   * Chunks as they arrive (they do not respect line ends). Ends cleanly when the API server ends the watch. A status
   * other than 200 throws. The first chunk may take long: `opened` is called when the answer's headers are there.
   */
  watch(options: WatchOptions): AsyncIterable<Uint8Array>;
}

export interface ListOptions {
  readonly accept: string;
  /** Page size; 0 for all. */
  readonly limit: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly signal: AbortSignal;
}

export interface WatchOptions {
  readonly accept: string;
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  readonly fieldSelector?: string;
  readonly signal: AbortSignal;
  readonly opened?: () => void;
}

export interface RawAnswer {
  readonly body: Uint8Array;
  /** Media type without parameters: 'application/json'. */
  readonly contentType: string;
}
