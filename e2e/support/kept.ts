// What must survive a fault: the page itself, where it was scrolled to, and where the focus was.
import { expect, type Page } from '@playwright/test';

interface Kept {
  readonly mark: string;
  readonly scrollPx: number;
  readonly focused: string;
}

/** Scrolls the list, puts the focus into a row, and marks the page. Gives what to compare afterwards. */
export async function settleInto(page: Page, row: number): Promise<Kept> {
  const focused = page.locator(`[role=row][data-index="${row}"]`);
  await page.evaluate(() => {
    (globalThis as { strataMark?: string }).strataMark = crypto.randomUUID();
    document.querySelector('[role=grid]')?.scrollBy(0, 240);
  });
  await focused.focus();
  const kept = await keptOf(page);
  expect(kept.scrollPx, 'the list is long enough to be scrolled').toBeGreaterThan(0);
  expect(kept.focused, 'a row has the focus').not.toBe('');
  return kept;
}

export async function expectKept(page: Page, before: Kept): Promise<void> {
  expect(await keptOf(page), 'no reload, same scroll and focus').toEqual(before);
}

async function keptOf(page: Page): Promise<Kept> {
  return page.evaluate(() => {
    const name = (element: Element | null) => element?.querySelector('[role=gridcell] a')?.textContent ?? '';
    return {
      mark: (globalThis as { strataMark?: string }).strataMark ?? 'reloaded',
      scrollPx: Math.round(document.querySelector('[role=grid]')?.scrollTop ?? -1),
      focused: name(document.activeElement),
    };
  });
}
