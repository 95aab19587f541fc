// What end-to-end tests start from. `test` has a fresh demo cluster of its own for each test, `realTest`
// the control plane that `npm test -- --only real` started. Both give a console of the built server, a page
// that is logged in, and fail on anything the browser complains of (problems.ts).
//
//   test.use({ scenario: 'small' });
//   test('pods are listed', async ({ page, axe }) => { await page.goto('/demo/pods'); … await axe(); });
import { test as base, expect, type Page } from '@playwright/test';
import { type Demo, startDemo } from '#demo/client.ts';
import { expectAccessible } from './accessibility.ts';
import { type RunningConsole, startConsole } from './console.ts';
import { type DirectApi, directApi } from './direct-api.ts';
import { type Problems, watchProblems } from './problems.ts';

interface Subject {
  /** the kubeconfig the console is started with */
  kubeconfig: string;
  /** more words for the console's command line */
  consoleArgs: string[];
  console: RunningConsole;
  problems: Problems;
  /** axe on the page, both themes */
  axe: (page?: Page) => Promise<void>;
}

const subject = base.extend<Subject>({
  consoleArgs: [[], { option: true }],
  kubeconfig: ['', { option: true }],

  console: async ({ kubeconfig, consoleArgs }, use, info) => {
    const running = await startConsole({ kubeconfig, args: consoleArgs });
    await use(running);
    if (info.status !== info.expectedStatus)
      await info.attach('console.log', { body: running.log(), contentType: 'text/plain' });
    await running.stop();
  },

  baseURL: async ({ console: running }, use) => use(running.origin),

  problems: async ({ context }, use) => {
    const problems = await watchProblems(context);
    await use(problems);
    expect(problems.unexpected(), 'what the browser complained of').toEqual([]);
  },

  // `problems` is asked for so that every page is watched, wanted or not.
  page: async ({ page, console: running, problems }, use) => {
    void problems;
    await page.goto(running.url);
    await use(page);
  },

  axe: async ({ page }, use) => use((other) => expectAccessible(other ?? page)),
});

export const test = subject.extend<{ scenario: string; demo: Demo; cluster: DirectApi }>({
  scenario: ['small', { option: true }],
  demo: async ({ scenario }, use) => {
    const demo = await startDemo({ scenario });
    await use(demo);
    await demo.stop();
  },
  kubeconfig: async ({ demo }, use) => use(demo.kubeconfig),
  cluster: async ({ demo }, use) => use(directApi(demo.kubeconfig)),
});

export const realTest = subject.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of this pattern
  kubeconfig: async ({}, use, info) => {
    const file = process.env.STRATA_REAL_KUBECONFIG;
    info.skip(file === undefined, 'no real control plane was started; run: npm test -- --only real');
    await use(file ?? '');
  },
});

export { expect };
