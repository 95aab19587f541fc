import { defineConfig, devices } from '@playwright/test';
import { chromiumHere } from '#scripts/lanes/chromium.ts';

const launchOptions = {
  // `npm test` finds or installs one; nothing is downloaded here.
  executablePath: chromiumHere(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** A lane is a project: `demo` starts its own demo clusters, `real` is given a kubeconfig by `npm test`. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  forbidOnly: process.env.CI !== undefined,
  retries: 0, // a flaky test is a bug
  workers: 2,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [['list'], ['json']] : [['list']],
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    launchOptions,
    video: 'off',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'demo', outputDir: 'test-results/e2e-demo', testMatch: ['{journeys,faults}/**/*.spec.ts'] },
    { name: 'real', outputDir: 'test-results/e2e-real', testMatch: ['real/**/*.spec.ts'], workers: 1 },
  ],
});
