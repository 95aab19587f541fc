import type { ConnectionState } from '#lib/resources/connection.ts';
import type { ResourceName } from '#lib/resources/resource-type.ts';

/**
 * What the console knows of itself and of one cluster's watches, every 2 s while somebody looks. Every frame is
 * complete but for `points`. Instants named *Ms are the console's monotonic clock unless they say otherwise.
 *
 * It names kinds, never an object, a namespace or a person. Figures of a kind the asking identity may not list are
 * null, not 0 (docs/decisions/0015).
 */
export interface AboutFrame {
  readonly t: 'about';
  readonly id: number;
  readonly seq: number;
  readonly nowMs: number;
  /** True: `points` are all that is kept. False: those since the last frame. */
  readonly full: boolean;
  readonly figures: AboutFigures;
  readonly points: readonly CoursePoint[];
}

export interface AboutFigures {
  readonly console: ConsoleFigures;
  readonly cluster: ClusterFigures;
  /** Those of the kubeconfig, in its order. */
  readonly clusters: readonly ClusterStanding[];
  readonly watches: readonly WatchFigures[];
  /** Open pages of single objects: a watch each. */
  readonly objectWatches: number;
  readonly requests: RequestFigures;
  readonly hub: HubFigures;
  /** Slowest first, at most MAX_SOCKETS; hub.sockets counts all. */
  readonly sockets: readonly SocketFigures[];
}

export const MAX_SOCKETS = 20;

export interface ConsoleFigures {
  readonly version: string;
  /** ms since 1970 of the build; null when it runs from source. */
  readonly builtAtMs: number | null;
  readonly node: string;
  readonly startedMs: number;
  readonly delay: DelayFigures | null;
  readonly memory: MemoryFigures;
}

/** Of the event loop, over the steps kept (at most the last hour); null before the first step. */
export interface DelayFigures {
  /** The last step's. */
  readonly p99Ms: number;
  readonly worstMs: number;
  readonly worstAtMs: number;
}

export interface MemoryFigures {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Buffers and what else lies outside the heap. */
  readonly externalBytes: number;
  /** Rows of all kinds of this cluster, about. */
  readonly rowBytes: number;
  /** What the process may use; null when nothing limits it. */
  readonly limitBytes: number | null;
}

export interface ClusterFigures {
  /** Of the API server, '' while it is not known. */
  readonly version: string;
  readonly latencyMs: number;
  /** Monotonic clock of the last good probe, -1 when never. */
  readonly confirmedMs: number;
  /** The console's wall clock minus the cluster's; null until known. */
  readonly clockAheadMs: number | null;
}

export interface ClusterStanding {
  readonly id: string;
  /** '' when it was not asked yet, or the entry cannot be used. */
  readonly version: string;
  readonly watches: number;
}

export interface WatchFigures {
  readonly resource: ResourceName;
  readonly kind: string;
  readonly group: string;
  readonly standing: WatchStanding;
  readonly startedMs: number;
  /** Subscriptions that read it; 0: it lingers for ten minutes after the last. */
  readonly readers: number;
  /** 1 cluster-wide, else one a readable namespace. */
  readonly parts: number;
  /** null: the identity may not list it. */
  readonly rows: number | null;
  /** About what the rows take in memory. */
  readonly heldBytes: number | null;
  /** Over the last minute, or since the start; null until there was a step. */
  readonly eventsPerMinute: number | null;
  readonly lag: LagFigures | null;
  readonly lastList: { readonly atMs: number; readonly cause: string } | null;
  /** LISTs after the first. */
  readonly relists: number;
  /** Objects and events that could not be read. */
  readonly malformed: number;
}

/** A Connection without what names namespaces or holds an API server's own words. */
export interface WatchStanding {
  readonly state: ConnectionState['state'];
  /** When the watch last proved alive; -1 when never. */
  readonly confirmedMs: number;
  /** It cannot be watched and is read again so often. */
  readonly sampledSeconds?: number;
  /** Of a first LIST under way; total 0: not known. */
  readonly read?: number;
  readonly total?: number;
  readonly error?: { readonly reason: string; readonly code: number };
  /** Absent when the watch is cluster-wide. */
  readonly namespaces?: { readonly readable: number; readonly total: number };
}

/**
 * From a change at the API server until its event was here, over the newest events that tell. Kubernetes dates changes
 * in whole seconds, so the truth is at most this and at most a second less.
 */
export interface LagFigures {
  readonly p99Ms: number;
  readonly events: number;
}

/** To this cluster's API server since the console started, whoever asked. */
export interface RequestFigures {
  readonly total: number;
  readonly perSecond: number;
  /** Answered with 429. */
  readonly refused: number;
  /** Answered with 429 in the last ten minutes. */
  readonly refusedLately: number;
  readonly lastRefusedMs: number | null;
  /** No answer came. */
  readonly lost: number;
  /** Answered with 5xx. */
  readonly failed: number;
}

/** Of all sockets since the console started; sockets, slow and subscriptions are those of now. */
export interface HubFigures {
  readonly sockets: number;
  readonly slow: number;
  readonly subscriptions: number;
  readonly ticks: number;
  readonly ticksPerSecond: number;
  readonly frames: number;
  readonly bytes: number;
  /** Ticks a slow socket sat out. */
  readonly skippedTicks: number;
  readonly resyncs: number;
  readonly refusals: number;
}

export interface SocketFigures {
  readonly isThis: boolean;
  readonly openedMs: number;
  readonly subscriptions: number;
  /** Bytes not yet taken by the system. */
  readonly waitingBytes: number;
  readonly slowSinceMs: number | null;
  readonly skippedTicks: number;
}

/** One step of the course: at, event-loop delay p99 and worst in ms, resident bytes, requests and 429s in the step. */
export type CoursePoint = readonly [
  atMs: number,
  delayP99Ms: number,
  delayWorstMs: number,
  residentBytes: number,
  requests: number,
  refused: number,
];

export const COURSE_STEP_MS = 5_000;
/** An hour. */
export const COURSE_STEPS = 720;
