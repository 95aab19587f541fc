/**
 * Pods that wait for a node, as the real scheduler's queue keeps them:
 *
 *   active ──tried──► unschedulable ──something helpful happens, or five minutes pass──► backing off ──► active
 *
 * The active ones are tried by priority, then by age, some at a time. Back-off is 1 s after the first failure and
 * doubles up to 10 s. What is helpful is looked at once a round, so a storm of changes costs one pass over those who wait.
 */
import type { Cancel, Clock } from '../base/clock.ts';
import type { Change } from './plugin.ts';

/** How long the changes of one moment are collected before pods are tried. */
const ROUND_MS = 20;
/** A round tries so many, as a scheduler of a thousand pods a second would. */
const MOST_A_ROUND = 20;
const FIRST_BACKOFF_MS = 1_000;
const MOST_BACKOFF_MS = 10_000;
const MOST_WAIT_MS = 300_000;

interface Entry {
  key: string;
  priority: number;
  /** When it came; older ones go first. */
  sinceMs: number;
  failures: number;
  /** Not tried before that. */
  restUntilMs: number;
  state: 'active' | 'resting' | 'refused';
  /** What could help. */
  helpedBy: ReadonlySet<Change>;
}

const byImportance = (a: Entry, b: Entry): number =>
  b.priority - a.priority || a.sinceMs - b.sinceMs || (a.key < b.key ? -1 : 1);

export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #attempt: (key: string) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #changes = new Set<Change>();
  #refused = 0;
  #round: { dueMs: number; cancel: Cancel } | undefined;
  #isStopped = false;

  /** `attempt` tries one pod and then says `refused` or `remove`; one it says nothing of is gone. */
  constructor(clock: Clock, attempt: (key: string) => void) {
    this.#clock = clock;
    this.#attempt = attempt;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** A new pod, or one that has changed so that trying again makes sense. */
  add(key: string, priority: number): void {
    const known = this.#entries.get(key);
    const nowMs = this.#clock.now();
    if (!known)
      this.#entries.set(key, {
        key,
        priority,
        sinceMs: nowMs,
        failures: 0,
        restUntilMs: nowMs,
        state: 'active',
        helpedBy: new Set(),
      });
    else if (known.state === 'refused') this.#wake(known);
    this.#arm(nowMs + ROUND_MS);
  }

  /** Not placed: it waits until one of these changes. */
  refused(key: string, priority: number, helpedBy: Iterable<Change>): void {
    const nowMs = this.#clock.now();
    const failures = (this.#entries.get(key)?.failures ?? 0) + 1;
    const entry = this.#entries.get(key);
    if (entry?.state === 'refused') this.#refused -= 1;
    this.#entries.set(key, {
      key,
      priority,
      sinceMs: nowMs,
      failures,
      restUntilMs: nowMs + Math.min(MOST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1)),
      state: 'refused',
      helpedBy: new Set(helpedBy),
    });
    this.#refused += 1;
    this.#arm(nowMs + MOST_WAIT_MS);
  }

  remove(key: string): void {
    if (this.#entries.get(key)?.state === 'refused') this.#refused -= 1;
    this.#entries.delete(key);
  }

  changed(change: Change): void {
    if (this.#refused === 0 || this.#changes.has(change)) return;
    this.#changes.add(change);
    this.#arm(this.#clock.now() + ROUND_MS);
  }

  stop(): void {
    this.#isStopped = true;
    this.#round?.cancel();
    this.#entries.clear();
  }

  #wake(entry: Entry): void {
    this.#refused -= 1;
    entry.state = entry.restUntilMs > this.#clock.now() ? 'resting' : 'active';
  }

  #arm(dueMs: number): void {
    if (this.#isStopped || (this.#round && this.#round.dueMs <= dueMs)) return;
    this.#round?.cancel();
    const delayMs = Math.max(0, dueMs - this.#clock.now());
    this.#round = { dueMs, cancel: this.#clock.schedule(delayMs, () => this.#work()) };
  }

  #work(): void {
    this.#round = undefined;
    this.#stir();
    const active = [...this.#entries.values()].filter(({ state }) => state === 'active');
    for (const { key } of active.sort(byImportance).slice(0, MOST_A_ROUND)) this.#try(key);
    this.#armNext();
  }

  #try(key: string): void {
    const entry = this.#entries.get(key);
    // One that was tried before it may have been this one's end.
    if (entry?.state !== 'active') return;
    this.#attempt(key);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  /** Wakes those that something may have helped or that have waited too long, and those that have rested. */
  #stir(): void {
    const nowMs = this.#clock.now();
    const changes = [...this.#changes];
    this.#changes.clear();
    for (const entry of this.#entries.values()) {
      if (entry.state === 'resting' && entry.restUntilMs <= nowMs) entry.state = 'active';
      if (entry.state !== 'refused') continue;
      if (nowMs - entry.sinceMs >= MOST_WAIT_MS || changes.some((change) => entry.helpedBy.has(change)))
        this.#wake(entry);
    }
  }

  #armNext(): void {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { state, restUntilMs, sinceMs } of this.#entries.values()) {
      const due =
        state === 'active'
          ? this.#clock.now() + ROUND_MS
          : state === 'resting'
            ? restUntilMs
            : sinceMs + MOST_WAIT_MS;
      dueMs = Math.min(dueMs, due);
    }
    if (this.#changes.size > 0) dueMs = Math.min(dueMs, this.#clock.now() + ROUND_MS);
    if (dueMs !== Number.POSITIVE_INFINITY) this.#arm(dueMs);
  }
}
