import type { Connection } from '#lib/resources/connection.ts';
import type { Counts, Sort } from '#lib/resources/query-spec.ts';
import type { RowEncoder } from './row-encoder.ts';

/**
 * What one rows subscription was last told, and so what it must be told now. There is no queue: however long a socket
 * waits, what it gets next is the difference to the present, so a slow reader costs one window and no more.
 */
export interface Outbox {
  /** JSON of the next RowsFrame, or null when the client knows everything. Counts as sent. */
  take(now: Present, nowMs: number): string | null;
  /** The next frame is a full one. */
  forget(): void;
  /** There will be a next frame, if only to say that the watch is confirmed. */
  confirm(): void;
  /** Connection of the last frame; null before the first. */
  readonly told: Connection | null;
}

/** The present state of the subscription. window null: no rows can be known (yet, or any more): only the connection. */
export interface Present {
  readonly connection: Connection;
  readonly window: PresentWindow | null;
}

export interface PresentWindow {
  readonly encoder: RowEncoder;
  readonly order: readonly number[];
  readonly offset: number;
  readonly sort: Sort;
  readonly counts: Counts;
}

/** What the client holds, as text: equal text needs no telling. */
interface Told {
  readonly connection: Connection;
  readonly window: PresentWindow | null;
  readonly encoder: RowEncoder | null;
  readonly rows: ReadonlyMap<number, string>;
  readonly order: string;
  readonly sort: string;
  readonly counts: string;
}

const NOTHING_TOLD = {
  window: null,
  encoder: null,
  rows: new Map(),
  order: '',
  sort: '',
  counts: '',
} as const;

export function createOutbox(id: number): Outbox {
  let seq = 0;
  let told: Told | null = null;
  let mustConfirm = false;
  return {
    take(now, nowMs) {
      const isFull =
        told === null ||
        (now.window !== null &&
          (now.window.encoder !== told.encoder || JSON.stringify(now.window.sort) !== told.sort));
      const parts: string[] = [];
      const isKnown = !isFull && now.window === told?.window;
      const next =
        now.window === null || isKnown
          ? keep(now, told)
          : compare(now, now.window, isFull ? null : told, parts);
      const isQuiet = !isFull && !mustConfirm && parts.length === 0;
      if (isQuiet && told !== null && saysTheSame(told.connection, now.connection)) {
        told = { ...next, connection: told.connection };
        return null;
      }
      told = next;
      mustConfirm = false;
      const head = `{"t":"rows","id":${id},"seq":${seq},"full":${isFull},"nowMs":${nowMs}`;
      seq += 1;
      return `${[head, field('connection', now.connection), ...parts].join(',')}}`;
    },
    forget() {
      told = null;
    },
    confirm() {
      mustConfirm = true;
    },
    get told() {
      return told?.connection ?? null;
    },
  };
}

/** Without a window, or with the one it was told, the client keeps the rows it has: only the connection is news. */
function keep(now: Present, told: Told | null): Told {
  return { ...(told ?? NOTHING_TOLD), connection: now.connection };
}

/** Adds to `parts` what the client does not know and returns what it knows then. told null: it knows nothing. */
function compare(now: Present, window: PresentWindow, told: Told | null, parts: string[]): Told {
  const { encoder } = window;
  const rows = new Map<number, string>();
  const news: string[] = [];
  for (const key of window.order) {
    const row = encoder.row(key);
    rows.set(key, row);
    if (told?.rows.get(key) !== row) news.push(row);
  }
  const order = `"offset":${window.offset},"order":[${window.order.join(',')}]`;
  const counts = field('counts', window.counts);
  const sort = JSON.stringify(window.sort);
  if (told === null) parts.push(field('columns', encoder.columns), field('sort', window.sort));
  if (told?.order !== order) parts.push(order);
  if (news.length > 0) parts.push(`"rows":[${news.join(',')}]`);
  if (told?.counts !== counts) parts.push(counts);
  return { connection: now.connection, window, encoder, rows, order, sort, counts };
}

function field(name: string, value: unknown): string {
  return `"${name}":${JSON.stringify(value)}`;
}

/** Confirmations of a live watch come with every event; they are not news in themselves (see `confirmationIsDue`). */
export function saysTheSame(a: Connection, b: Connection): boolean {
  return a === b || JSON.stringify(withoutConfirmation(a)) === JSON.stringify(withoutConfirmation(b));
}

function withoutConfirmation(connection: Connection): Connection {
  return connection.state === 'live' ? { ...connection, confirmedMs: 0 } : connection;
}

/** A client takes a watch for dead after 35 s of silence: it hears of confirmations while they are 10 s old. */
export const CONFIRM_EVERY_MS = 10_000;

export function confirmationIsDue(told: Connection | null, present: Connection, nowMs: number): boolean {
  if (told?.state !== 'live' || present.state !== 'live') return false;
  return present.confirmedMs > told.confirmedMs && nowMs - told.confirmedMs >= CONFIRM_EVERY_MS;
}
