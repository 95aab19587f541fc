// What a person sees of the connection on a page, with the moment it was first seen on the page's own clock.
import type { Page } from '@playwright/test';

export type Sight =
  /** the bar under the top bar */
  | 'banner'
  | 'no banner'
  /** the title's badge is grey */
  | 'stale'
  /** the title's badge is green, and no banner */
  | 'fresh'
  /** the table's head names the state's time, every state in it and in its facets says what it was, the foot since when */
  | 'dimmed'
  | 'forbidden';

/** Long enough to tell by how much a promise was broken. */
const OVERTIME_MS = 20_000;

/**
 * Resolves with the ms from sinceMs (Date.now()) to the frame in which it was seen; rejects well after withinMs, which
 * the caller compares with.
 */
export async function seen(page: Page, sight: Sight, sinceMs: number, withinMs: number): Promise<number> {
  const handle = await page.waitForFunction(look, sight, {
    polling: 50,
    timeout: withinMs + OVERTIME_MS,
  });
  return Math.max(0, (await handle.jsonValue()) - sinceMs);
}

/** Runs in the page: Date.now() when the sight is there, else 0. */
function look(sight: string): number {
  const texts = (selector: string) =>
    [...document.querySelectorAll(selector)].map((element) => element.textContent ?? '');
  const main = texts('main').join(' ');
  const hasBanner = texts('[role=status]').some((words) => words.startsWith('Not confirmed.'));
  const isDimmed = () => {
    const states = texts('[role=row] [role=gridcell]:nth-child(4)').filter((words) => words !== '');
    const isSaid = states.length > 0 && states.every((words) => words.startsWith('was '));
    const facets = texts('main fieldset button span:has(> svg)');
    const isFacetSaid = facets.length > 0 && facets.every((words) => words.startsWith('was '));
    const isAllSaid = isSaid && isFacetSaid && main.includes('Not confirmed since ');
    return isAllSaid && texts('[role=columnheader]').some((words) => words.startsWith('State at '));
  };
  const isSeen: Record<string, () => boolean> = {
    banner: () => hasBanner,
    'no banner': () => !hasBanner,
    stale: () => main.includes('Stale since'),
    fresh: () => !hasBanner && main.includes('Live · ') && !main.includes('Stale since'),
    dimmed: isDimmed,
    forbidden: () => main.includes('You may not list'),
  };
  return isSeen[sight]?.() === true ? Date.now() : 0;
}
