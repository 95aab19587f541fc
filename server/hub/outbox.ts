import type { Connection } from '#lib/resources/connection.ts';
import type { TableWindow, WindowNews } from './tables/table-window.ts';

/**
 * What one rows subscription was last told, and so what it must be told now. There is no queue: however long a socket
 * waits, what it gets next is the difference to the present, so a slow reader costs one window and no more.
 */
export interface Outbox {
  /** The next RowsFrame as it travels, or null when the client knows everything. Counts as sent. */
  take(now: Present, nowMs: number): string | null;
  /** The next frame is a full one. */
  forget(): void;
  /** There will be a next frame, if only to say that the watch is confirmed. */
  confirm(): void;
  /** Connection of the last frame that named it; null before the first. */
  readonly told: Connection | null;
}

/** The present state of the subscription. window null: no rows can be known (yet, or any more): only the connection. */
export interface Present {
  readonly connection: Connection;
  readonly window: TableWindow | null;
}

const NO_NEWS: WindowNews = { cells: [], rows: [], order: null, counts: null, short: '' };

export function createOutbox(id: number): Outbox {
  let seq = 0;
  let told: Present | null = null;
  let mustConfirm = false;

  const longFrame = (now: Present, nowMs: number, parts: readonly string[], isFull: boolean): string => {
    const head = `{"t":"rows","id":${id},"seq":${seq},"full":${isFull},"nowMs":${Math.round(nowMs)}`;
    return `${[head, `"connection":${connectionJson(now.connection)}`, ...parts].join(',')}}`;
  };

  return {
    take(now, nowMs) {
      // Without a window the client keeps the rows it has: only the connection is news.
      const window = now.window ?? told?.window ?? null;
      const isFull = told === null || (window !== null && !isContinued(told.window, window));
      let text: string;
      if (told === null || isFull) {
        told = { connection: now.connection, window };
        text = longFrame(now, nowMs, window === null ? [] : wholeParts(window), true);
      } else {
        const news = window === null || told.window === null ? NO_NEWS : window.since(told.window);
        const isSame = !mustConfirm && saysTheSame(told.connection, now.connection);
        if (isSame && news.short === '') {
          told = { ...told, window };
          return null;
        }
        const isMoved = window?.offset !== told.window?.offset;
        // A short frame says nothing of the connection: what was told of it stays told.
        const isShort = isSame && news.short !== null;
        told = { connection: isShort ? told.connection : now.connection, window };
        text = isShort
          ? `[${id},${seq}${news.short}`
          : longFrame(now, nowMs, changedParts(news, isMoved ? window : null), false);
      }
      mustConfirm = false;
      seq += 1;
      return text;
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

/** Rows of another store, or of a client that holds none, are told whole, and so is another sort. */
function isContinued(before: TableWindow | null, after: TableWindow): boolean {
  if (before === after) return true;
  if (before === null || before.encoder !== after.encoder) return false;
  return before.sort.column === after.sort.column && before.sort.descending === after.sort.descending;
}

function wholeParts({ encoder, sort, offset, order, rows, counts }: TableWindow): string[] {
  return [
    field('columns', encoder.columns),
    field('sort', sort),
    `"offset":${offset},"order":[${order.join(',')}]`,
    `"rows":[${rows.map((row) => row.json).join(',')}]`,
    field('counts', counts),
  ];
}

/** moved: the window, when its offset is another one. */
function changedParts({ rows, cells, order, counts }: WindowNews, moved: TableWindow | null): string[] {
  const parts: string[] = [];
  if (moved !== null) parts.push(`"offset":${moved.offset}`);
  if (order !== null) parts.push(field('out' in order ? 'moves' : 'order', order));
  if (rows.length > 0) parts.push(`"rows":[${rows.join(',')}]`);
  if (cells.length > 0) parts.push(`"cells":[${cells.map((cell) => `[${cell}]`).join(',')}]`);
  if (counts !== null) parts.push(field('counts', counts));
  return parts;
}

function field(name: string, value: unknown): string {
  return `"${name}":${JSON.stringify(value)}`;
}

/** A connection as it travels: instants in whole milliseconds. */
export function connectionJson(connection: Connection): string {
  return JSON.stringify(connection, (_name, value: unknown) =>
    typeof value === 'number' ? Math.round(value) : value,
  );
}

/** Confirmations of a live watch come with every event; they are not news in themselves (see `confirmationIsDue`). */
export function saysTheSame(a: Connection, b: Connection): boolean {
  if (a === b) return true;
  if (a.state !== b.state) return false;
  return JSON.stringify(withoutConfirmation(a)) === JSON.stringify(withoutConfirmation(b));
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
