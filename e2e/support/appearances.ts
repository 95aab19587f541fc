// How long a change made by kubectl takes to be seen in a browser that is open, from just before kubectl was started.
import type { Page } from '@playwright/test';

export interface Appearance {
  readonly what: string;
  /** From the start of kubectl to the frame in which it was seen. */
  readonly fromStartMs: number;
  /** From kubectl's end; below zero when it was seen sooner. */
  readonly fromEndMs: number;
}

/** A row of the page's table, by name. */
export type Expected =
  | { readonly row: string; readonly says: string }
  /** no more, or in another state than `was` */
  | { readonly row: string; readonly isNotAsBefore: string }
  | { readonly link: string };

const LIMIT_MS = 30_000;

/** The page must be in front: a browser draws nothing behind. */
export async function appearance(
  page: Page,
  what: string,
  expected: Expected,
  change: () => Promise<unknown>,
): Promise<Appearance> {
  const shown = page.waitForFunction(look, expected, { polling: 'raf', timeout: LIMIT_MS });
  const startMs = Date.now();
  await change();
  const endMs = Date.now();
  const seenMs = await (await shown).jsonValue();
  return { what, fromStartMs: seenMs - startMs, fromEndMs: seenMs - endMs };
}

/** What the row says now; '' when there is none. */
export function rowWords(page: Page, row: string): Promise<string> {
  return page.evaluate((name) => {
    const cells = [...document.querySelectorAll('[role=row]')].map((element) =>
      [...element.querySelectorAll('[role=gridcell]:not([data-mark])')].map((cell) => cell.textContent ?? ''),
    );
    return (cells.find(([first]) => first === name) ?? []).slice(0, 3).join(' ');
  }, row);
}

/** Runs in the page: Date.now() when it is there, else 0. */
function look(expected: { row?: string; says?: string; isNotAsBefore?: string; link?: string }): number {
  if (expected.link !== undefined)
    return document.querySelector(`nav a[href="${expected.link}"]`) === null ? 0 : Date.now();
  const rows = [...document.querySelectorAll('[role=row]')].map((element) =>
    [...element.querySelectorAll('[role=gridcell]:not([data-mark])')].map((cell) => cell.textContent ?? ''),
  );
  const row = rows.find(([first]) => first === expected.row);
  if (expected.isNotAsBefore !== undefined)
    return row?.slice(0, 3).join(' ') === expected.isNotAsBefore ? 0 : Date.now();
  return row?.some((words) => words.includes(expected.says ?? '')) === true ? Date.now() : 0;
}

/** `p50 … p95 … max …` of the values, in ms. */
export function percentiles(values: readonly number[]): string {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`;
}
