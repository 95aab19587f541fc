import type { Cell } from '#lib/resources/cell.ts';
import type { Counts, FacetCount } from '#lib/resources/query-spec.ts';
import type {
  BeatFrame,
  CellChange,
  HeartbeatFrame,
  Moves,
  RowsFrame,
  ServerMessage,
  WireRow,
} from './frames.ts';

/**
 * The short form of the two messages that come most often, as positional arrays. A place that says nothing is 0; such
 * places at the end are left out.
 *
 *   ["b", nowMs, latencyMs, at]                       a BeatFrame
 *   [id, seq, cells, rows, moves, counts]             a RowsFrame with only these
 *     cells    key, column, cell, key, column, cell, …
 *     rows     as in the long form
 *     moves    [[out, …], place, key, place, key, …]; or the whole order [key, …] when that is shorter
 *     counts   [total, matched, { facet: [value, count, value, count, …] }]: the facets that changed
 */
export interface TableChange {
  /** `key,column,` and the cell's JSON, each. */
  readonly cells: readonly string[];
  /** JSON of each WireRow. */
  readonly rows: readonly string[];
  readonly order: readonly number[] | Moves | null;
  readonly counts: Counts | null;
}

/** What follows `[id,seq` in the short form. '' when nothing changed. */
export function shortChange({ cells, rows, order, counts }: TableChange): string {
  const places = [
    cells.length === 0 ? '0' : `[${cells.join(',')}]`,
    rows.length === 0 ? '0' : `[${rows.join(',')}]`,
    order === null ? '0' : orderJson(order),
    counts === null ? '0' : JSON.stringify([counts.total, counts.matched, shortFacets(counts)]),
  ];
  while (places.at(-1) === '0') places.pop();
  return places.length === 0 ? '' : `,${places.join(',')}]`;
}

export function shortBeat({ nowMs, latencyMs, at }: Omit<BeatFrame, 't'>): string {
  const numbers = [Math.round(nowMs), Math.round(latencyMs), at];
  return `["b",${(at === 0 ? numbers.slice(0, 2) : numbers).join(',')}]`;
}

/** What a beat says, counted on from the cluster's last heartbeat. */
export function heartbeatAfter(last: HeartbeatFrame, { nowMs, latencyMs }: BeatFrame): HeartbeatFrame {
  const { cluster } = last;
  const clusterTimeMs = last.clusterTimeMs === null ? null : last.clusterTimeMs + nowMs - last.nowMs;
  return { t: 'heartbeat', cluster, nowMs, clusterTimeMs, confirmedMs: nowMs, latencyMs };
}

const KNOWN: ReadonlySet<unknown> = new Set([
  'hello',
  'heartbeat',
  'rows',
  'object',
  'cluster',
  'about',
  'refused',
]);

/**
 * One text message of the server, short forms made long; null when it is none of ours. The server is ours and its frames
 * are typed: only what would confuse the client is looked at.
 */
export function parseServerMessage(text: string): ServerMessage | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (Array.isArray(json)) return json[0] === 'b' ? beatOf(json) : rowsOf(json);
  if (typeof json !== 'object' || json === null || !('t' in json) || !KNOWN.has(json.t)) return null;
  return json as ServerMessage;
}

function orderJson(order: readonly number[] | Moves): string {
  return 'out' in order
    ? `[[${order.out.join(',')}]${order.put.map(([place, key]) => `,${place},${key}`).join('')}]`
    : `[${order.join(',')}]`;
}

function shortFacets({ facets }: Counts): Record<string, (string | number)[]> {
  const short: Record<string, (string | number)[]> = Object.create(null);
  for (const [id, values] of Object.entries(facets))
    short[id] = values.flatMap(({ value, count }) => [value, count]);
  return short;
}

function beatOf(json: readonly unknown[]): BeatFrame | null {
  const [, nowMs, latencyMs, at = 0] = json;
  if (![nowMs, latencyMs, at].every(Number.isFinite)) return null;
  return { t: 'beat', nowMs: nowMs as number, latencyMs: latencyMs as number, at: at as number };
}

function rowsOf(json: readonly unknown[]): RowsFrame | null {
  const [id, seq, cells = 0, rows = 0, order = 0, counts = 0] = json;
  if (typeof id !== 'number' || typeof seq !== 'number') return null;
  return {
    t: 'rows',
    id,
    seq,
    full: false,
    ...(Array.isArray(cells) && { cells: triples(cells) }),
    ...(Array.isArray(rows) && { rows: rows as WireRow[] }),
    ...(Array.isArray(order) &&
      (Array.isArray(order[0]) ? { moves: movesOf(order) } : { order: order as number[] })),
    ...(Array.isArray(counts) && { changedCounts: countsOf(counts) }),
  };
}

function triples(flat: readonly unknown[]): CellChange[] {
  const changes: CellChange[] = [];
  for (let at = 0; at < flat.length; at += 3)
    changes.push([flat[at] as number, flat[at + 1] as number, flat[at + 2] as Cell]);
  return changes;
}

function movesOf([out, ...flat]: readonly unknown[]): Moves {
  const put: [number, number][] = [];
  for (let at = 0; at < flat.length; at += 2) put.push([flat[at] as number, flat[at + 1] as number]);
  return { out: out as number[], put };
}

function countsOf([total, matched, short]: readonly unknown[]): Counts {
  const facets: Record<string, readonly FacetCount[]> = Object.create(null);
  for (const [id, flat] of Object.entries(short as Record<string, readonly unknown[]>)) {
    const values: FacetCount[] = [];
    for (let at = 0; at < flat.length; at += 2)
      values.push({ value: flat[at] as string, count: flat[at + 1] as number });
    facets[id] = values;
  }
  return { total: total as number, matched: matched as number, facets };
}
