/**
 * What one API server of the cluster has seen of the store: everything at once, or everything some time later, or
 * nothing new at all.
 *
 * Contract: `seen` is the whole cluster as it was at one revision, with its history, and never goes back. Events reach
 * it in order, `lagMs` of the wire's time after they happened; while it is frozen they wait. It is copied when it is
 * first asked for, so a server nobody asks costs nothing.
 */
import type { Cancel, RealTime } from '../base/clock.ts';
import type { Store, StoreEvent } from './store.ts';

export type Lag = { lagMs: number; isFrozen: boolean };

interface Late {
  atMs: number;
  event: StoreEvent;
}

export class WatchCache {
  readonly #store: Store;
  readonly #time: RealTime;
  #lag: Lag = { lagMs: 0, isFrozen: false };
  #seen: Store | undefined;
  #late: Late[] = [];
  #cancel: Cancel | undefined;

  constructor(store: Store, time: RealTime) {
    this.#store = store;
    this.#time = time;
  }

  get seen(): Store {
    this.#seen ??= this.#follow();
    return this.#seen;
  }

  setLag(lag: Partial<Lag>): void {
    this.#seen ??= this.#follow();
    this.#lag = { ...this.#lag, ...lag };
    this.#catchUp();
  }

  state(): Lag & { seenRevision: number; revision: number } {
    return { ...this.#lag, seenRevision: this.seen.revision, revision: this.#store.revision };
  }

  /** Etcd's compaction: neither the cluster nor this server answers for older revisions from now on. */
  compact(): void {
    this.#seen?.compact();
  }

  #follow(): Store {
    this.#store.subscribe(undefined, (event) => {
      this.#late.push({ atMs: this.#time.now(), event });
      if (this.#late.length === 1) this.#catchUp();
    });
    return this.#store.copy();
  }

  #catchUp(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#lag.isFrozen) return;
    const untilMs = this.#time.now() - this.#lag.lagMs;
    let due = 0;
    for (const { atMs } of this.#late) {
      if (this.#lag.lagMs > 0 && atMs > untilMs) break;
      due += 1;
    }
    for (const { event } of this.#late.splice(0, due)) this.seen.replay(event);
    const next = this.#late[0];
    if (next) this.#cancel = this.#time.setTimer(Math.max(1, next.atMs - untilMs), () => this.#catchUp());
  }
}
