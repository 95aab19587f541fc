// axe on the page as it stands, in both themes.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const THEMES = ['light', 'dark'] as const;
const ATTRIBUTE = 'data-mantine-color-scheme';

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  return violations.flatMap((one) =>
    one.nodes.map(
      (node) => `${one.id}: ${one.help} at ${node.target.join(' ')}\n${node.failureSummary ?? ''}`,
    ),
  );
}

/** Puts the page into a theme without storing a preference, and lets running transitions end. */
async function wear(page: Page, theme: string): Promise<void> {
  await page.emulateMedia({ colorScheme: theme === 'dark' ? 'dark' : 'light', reducedMotion: 'reduce' });
  await page.evaluate(
    ([name, value]) => document.documentElement.setAttribute(name ?? '', value ?? ''),
    [ATTRIBUTE, theme],
  );
  await page.evaluate(async () => {
    await Promise.allSettled(document.getAnimations().map((one) => one.finished));
  });
}

/** Expects axe to find nothing in either theme; the page's theme is given back. */
export async function expectAccessible(page: Page): Promise<void> {
  const worn = await page.evaluate((name) => document.documentElement.getAttribute(name), ATTRIBUTE);
  for (const theme of THEMES) {
    await wear(page, theme);
    expect(await findings(page), `axe, ${theme} theme, ${page.url()}`).toEqual([]);
  }
  await wear(page, worn ?? 'light');
}
