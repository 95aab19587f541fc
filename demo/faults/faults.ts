/**
 * Faults asked of the API server through the control port: which requests they hit and for how long.
 *
 * `drop-watch` and `silent-watch`, and `torn` and `malformed` with `match.verb` `watch`, hit the watches open now; with
 * a `count` or `durationMs` they hit new ones as well. The others hit requests that arrive, until they are removed,
 * used up or their time is over. Durations are the wire's.
 */

/** What each kind does, and which settings it has besides match, count and durationMs. */
export const FAULT_SETTINGS = {
  latency: ['delayMs'],
  hang: [],
  reset: [],
  'drop-watch': [],
  'silent-watch': [],
  expired: [],
  'too-many-requests': ['retryAfterSeconds'],
  error: [],
  unauthorized: [],
  /** The answer, or the next frame of a watch, ends in its middle, and so does the connection. */
  torn: ['cut'],
  /** A 200 that is no JSON, or a line of a watch that is none. */
  malformed: ['as'],
  /** The API server of one group is away: stale in aggregated discovery, 503 below its own address. */
  'partial-discovery': ['group'],
  /** The `Date` header is ahead (or behind, when negative). What is stored keeps the cluster's time. */
  'clock-skew': ['skewSeconds'],
  /** All that one user asks is refused, as when a token or certificate has run out; open streams go on. */
  'expired-token': [],
  /** A write is carried out, and the connection is reset before its answer. */
  'lost-answer': [],
} as const satisfies Record<string, readonly string[]>;

export type FaultKind = keyof typeof FAULT_SETTINGS;
export const FAULT_KINDS = Object.keys(FAULT_SETTINGS) as FaultKind[];

/** Within a character of more than one byte (in the middle where there is none), or within an HTTP chunk. */
export const CUTS = ['middle', 'character', 'chunk'] as const;
/** A proxy's page, text that is no JSON, the right body as text/plain, or half of it with a clean end. */
export const MALFORMATIONS = ['garbage', 'html', 'text', 'truncated'] as const;
/** The two addresses of the cluster. */
export const SERVERS = ['first', 'second'] as const;
export type ServerName = (typeof SERVERS)[number];

export interface FaultMatch {
  verb?: string;
  /** Plural, with the group for all but core: `pods`, `deployments.apps`. */
  resource?: string;
  namespace?: string;
  user?: string;
  /** A prefix of the URL's path. */
  path?: string;
  /** `first` or `second`. */
  server?: string;
}

export interface FaultSpec {
  kind: FaultKind;
  match?: FaultMatch;
  /** How many requests it hits before it is used up. */
  count?: number;
  durationMs?: number;
  /** latency: how long an answer waits. Default 1,000. */
  delayMs?: number;
  /** too-many-requests: what Retry-After says. Default 1. */
  retryAfterSeconds?: number;
  /** torn. Default `middle`. */
  cut?: (typeof CUTS)[number];
  /** malformed. Default `garbage`. */
  as?: (typeof MALFORMATIONS)[number];
  /** clock-skew. */
  skewSeconds?: number;
  /** partial-discovery. Default `metrics.k8s.io`. */
  group?: string;
}

export interface Fault extends FaultSpec {
  id: string;
}

export interface Target {
  verb: string;
  resource: string;
  namespace: string;
  /** '' when nobody was recognised. */
  user: string;
  path: string;
  server: ServerName;
}

const READS = new Set(['get', 'list', 'watch', 'head', 'options']);

export const isWatchFault = ({ kind, match }: FaultSpec): boolean =>
  kind === 'drop-watch' ||
  kind === 'silent-watch' ||
  ((kind === 'torn' || kind === 'malformed') && match?.verb === 'watch');

export function matches(match: FaultMatch = {}, target: Target): boolean {
  const { path, ...exact } = match;
  return (
    (path === undefined || target.path.startsWith(path)) &&
    (Object.keys(exact) as (keyof typeof exact)[]).every(
      (key) => exact[key] === undefined || exact[key] === target[key],
    )
  );
}

/** Whether a fault of this kind has anything to do with the request. */
function concerns({ kind, match, ...fault }: FaultSpec, target: Target): boolean {
  if (isWatchFault({ kind, match })) return target.verb === 'watch';
  if (kind === 'lost-answer') return !READS.has(target.verb);
  if (kind === 'partial-discovery') return target.path === '/apis' || isBelowGroup(fault, target.path);
  return true;
}

/** Below `/apis/GROUP/VERSION` the group's own server answers; `/apis/GROUP` is answered for it. */
export function isBelowGroup({ group = 'metrics.k8s.io' }: Pick<FaultSpec, 'group'>, path: string): boolean {
  const above = `/apis/${group}/`;
  return path.startsWith(above) && path.length > above.length;
}

interface Active {
  fault: Fault;
  left: number;
  endsMs: number;
}

export class FaultRegistry {
  readonly #now: () => number;
  #active: Active[] = [];
  #next = 1;

  /** `now` is the wire's time. */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(spec: FaultSpec): Fault {
    const fault = { ...spec, id: `fault-${this.#next++}` };
    // A watch fault without a bound is over once it has hit the watches that are open.
    const isOnce = isWatchFault(spec) && spec.count === undefined && spec.durationMs === undefined;
    if (!isOnce) {
      const endsMs = spec.durationMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + spec.durationMs;
      this.#active.push({ fault, left: spec.count ?? Number.POSITIVE_INFINITY, endsMs });
    }
    return fault;
  }

  remove(id: string): boolean {
    const before = this.#active.length;
    this.#active = this.#active.filter(({ fault }) => fault.id !== id);
    return this.#active.length < before;
  }

  clear(): void {
    this.#active = [];
  }

  list(): Fault[] {
    this.#prune();
    return this.#active.map(({ fault }) => fault);
  }

  /** The faults that hit this request, each used once by it. */
  take(target: Target): Fault[] {
    this.#prune();
    const hit = this.#active.filter(({ fault }) => concerns(fault, target) && matches(fault.match, target));
    for (const active of hit) active.left -= 1;
    return hit.map(({ fault }) => fault);
  }

  #prune(): void {
    const now = this.#now();
    this.#active = this.#active.filter(({ left, endsMs }) => left > 0 && endsMs > now);
  }
}
