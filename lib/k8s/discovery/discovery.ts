import type { Connection } from '#lib/resources/connection.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';

/**
 * What the API server serves. Read once (aggregated discovery, else the legacy one), read again when a watch on
 * CustomResourceDefinitions and APIServices says so, or every minute where these may not be watched. A group that
 * fails (an aggregated API that is down) is named, the others stay.
 */
export interface Discovery {
  snapshot(): DiscoverySnapshot;
  onChange(listener: (snapshot: DiscoverySnapshot) => void): () => void;
  /** Idempotent; stops with stop(). */
  start(): void;
  retry(): void;
  stop(): void;
}

export interface DiscoverySnapshot {
  readonly connection: Connection;
  /** Types with `list` (others have nothing to show), preferred versions, sorted by group then resource. */
  readonly types: readonly ResourceType[];
  readonly missingGroups: readonly string[];
  /** 'v1.36.3'; '' until known. */
  readonly version: string;
}
