import type { LiveCluster } from '#lib/live/live-client.ts';

export interface SidebarProps {
  readonly cluster: string;
  readonly live: LiveCluster;
  readonly namespaces: readonly string[];
  /** The kind of the open page; '' when there is none. */
  readonly current: string;
  readonly rail: boolean;
}
