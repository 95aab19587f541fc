import type { SharedInformer } from '#lib/k8s/cache/shared-informer.ts';
import type {
  ConsoleFigures,
  CoursePoint,
  MemoryFigures,
  RequestFigures,
} from '#lib/protocol/about-frame.ts';

/** What the process knows of itself beside the hub; sampled by server/about, read by about subscriptions. */
export interface SelfView {
  console(): Omit<ConsoleFigures, 'memory'> & { readonly memory: Omit<MemoryFigures, 'rowBytes'> };
  requests(cluster: string): RequestFigures;
  /** Of the last step; 0 before. */
  ticksPerSecond(): number;
  /** Over the last minute; null until there was a step. */
  eventsPerMinute(informer: SharedInformer): number | null;
  /** Steps after this instant (monotonic clock), oldest first, with the requests to one cluster. */
  points(cluster: string, afterMs: number): readonly CoursePoint[];
  /** The console's wall clock minus the cluster's, whose offset to the monotonic clock is given. */
  clockAheadMs(clusterOffsetMs: number): number;
}
