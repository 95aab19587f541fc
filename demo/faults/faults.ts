/**
 * Faults asked of the API server through the control port: which requests they hit and for how long.
 *
 * `drop-watch` and `silent-watch` hit the watches open now; with a `count` or `durationMs` they hit new ones as well.
 * The others hit requests that arrive, until they are removed, used up or their time is over. Durations are the wire's.
 */
export const FAULT_KINDS = [
  'latency',
  'hang',
  'reset',
  'drop-watch',
  'silent-watch',
  'expired',
  'too-many-requests',
  'error',
  'unauthorized',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface FaultMatch {
  verb?: string;
  /** Plural, with the group for all but core: `pods`, `deployments.apps`. */
  resource?: string;
  user?: string;
  /** A prefix of the URL's path. */
  path?: string;
}

export interface FaultSpec {
  kind: FaultKind;
  match?: FaultMatch;
  /** How many requests it hits before it is used up. */
  count?: number;
  durationMs?: number;
  /** latency: how long an answer waits. */
  delayMs?: number;
  /** too-many-requests: what Retry-After says. */
  retryAfterSeconds?: number;
}

export interface Fault extends FaultSpec {
  id: string;
}

export interface Target {
  verb: string;
  resource: string;
  user: string;
  path: string;
}

export const isWatchFault = (kind: FaultKind): boolean => kind === 'drop-watch' || kind === 'silent-watch';

export function matches(match: FaultMatch | undefined, target: Target): boolean {
  if (!match) return true;
  return (
    (match.verb === undefined || match.verb === target.verb) &&
    (match.resource === undefined || match.resource === target.resource) &&
    (match.user === undefined || match.user === target.user) &&
    (match.path === undefined || target.path.startsWith(match.path))
  );
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

  constructor(now: () => number) {
    this.#now = now;
  }

  add(spec: FaultSpec): Fault {
    const fault = { ...spec, id: `fault-${this.#next++}` };
    // A watch fault without a bound is over once it has hit the watches that are open.
    const isOnce = isWatchFault(spec.kind) && spec.count === undefined && spec.durationMs === undefined;
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
    const hit = this.#active.filter(
      ({ fault }) => matches(fault.match, target) && (!isWatchFault(fault.kind) || target.verb === 'watch'),
    );
    for (const active of hit) active.left -= 1;
    return hit.map(({ fault }) => fault);
  }

  #prune(): void {
    const now = this.#now();
    this.#active = this.#active.filter(({ left, endsMs }) => left > 0 && endsMs > now);
  }
}
