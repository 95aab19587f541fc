import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { TestInfo } from '@playwright/test';
import { startDemo } from '#demo/client.ts';
import { routes } from '#lib/routes.ts';
import { startConsole } from '../support/console.ts';
import { expect, test } from '../support/fixtures.ts';
import { CANARY, secretsOf, writeWithBadEntries } from '../support/kubeconfig-entries.ts';
import { runToEnd } from '../support/program.ts';
import { seen } from '../support/sights.ts';
import { CLUSTER } from './looking.ts';

test.setTimeout(90_000);

const MALFORMED = `apiVersion: v1\nkind: Config\ncontexts: [\n  { name: one, token: ${CANARY}\n`;

/** Writes a file into the test's own folder; '' for none. */
function fileOf(info: TestInfo, name: string, text: string): string {
  const path = info.outputPath(name);
  mkdirSync(info.outputDir, { recursive: true });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

const FILES: readonly (readonly [string, string | null, RegExp])[] = [
  ['malformed', MALFORMED, /is not (?:valid|proper) YAML|is malformed/i],
  ['empty', '', /is empty|no contexts?/i],
  ['missing', null, /does not exist|no such file|is not there|cannot be found/i],
];
for (const [name, text, words] of FILES) {
  test(`a ${name} kubeconfig ends the start with a reason`, async ({ browserName }, info) => {
    void browserName;
    const path = text === null ? info.outputPath(name) : fileOf(info, name, text);
    const { code, stdout, stderr } = await runToEnd(['--kubeconfig', path, '--port', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    expect(stderr).toContain(path);
    expect(stdout + stderr).not.toContain(CANARY);
    expect(stderr, 'words, not a stack').not.toMatch(/^\s+at /m);
  });
}

test('a context that is not there is named, with those that are', async ({ demo }) => {
  const args = ['--kubeconfig', demo.kubeconfig, '--context', 'shop-eu-9', '--port', '0'];
  const { code, stdout, stderr } = await runToEnd(args);
  expect(code).toBe(1);
  expect(stderr).toContain('no context "shop-eu-9"');
  expect(stderr).toContain(`It has: ${CLUSTER}`);
  for (const secret of secretsOf(demo.kubeconfig)) expect(stdout + stderr).not.toContain(secret);
});

test('an address that others could reach is refused, with the reason', async ({ demo }) => {
  const args = ['--kubeconfig', demo.kubeconfig, '--host', '0.0.0.0', '--port', '0'];
  const { code, stderr } = await runToEnd(args);
  expect(code).toBe(2);
  expect(stderr).toContain('0.0.0.0 is not a loopback address');
  expect(stderr).toContain('no sign-in yet');
});

test('a taken port gives the next free one, and it is said', async ({ demo }) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const taken = (other.address() as { port: number }).port;
  try {
    const running = await startConsole({ kubeconfig: demo.kubeconfig, port: taken });
    expect(running.port).toBeGreaterThan(taken);
    expect(running.log()).toMatch(/the port is taken: the next free one is used/);
    expect((await fetch(new URL('/readyz', running.origin))).status).toBe(200);
    expect(await running.stop()).toBe(0);
  } finally {
    other.close();
  }
});

const many = test.extend({
  kubeconfig: async ({ demo }, use, info) => {
    const foreign = await startDemo({ scenario: 'calm' });
    const path = info.outputPath('many-contexts');
    mkdirSync(info.outputDir, { recursive: true });
    writeWithBadEntries(path, demo.kubeconfig, foreign.kubeconfig);
    await foreign.stop();
    await use(path);
  },
});

const ENTRIES: readonly (readonly [string, RegExp])[] = [
  ['no-user', /names no user/],
  ['unknown-user', /names the user "nobody", which is not there/],
  ['unknown-cluster', /names the cluster "nowhere", which is not there/],
  ['unreachable', /refused the connection: nothing listens there/],
  ['wrong-ca', /not signed by the certificate authority the kubeconfig gives/],
  ['expired-token', /does not accept the credentials of user “expired”/],
];

many(
  'entries that cannot be used say why, and the others work on',
  async ({ page, console: running, kubeconfig, axe }) => {
    const secrets = secretsOf(kubeconfig);
    expect(secrets.length).toBeGreaterThan(2);
    const frames: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    await page.goto('/');
    for (const [name, words] of ENTRIES.slice(0, 3)) {
      const item = page.getByRole('listitem').filter({ hasText: name }).filter({ hasText: words });
      await expect(item, `${name} on the page of clusters`).toBeVisible();
    }
    await axe();
    for (const [name, words] of ENTRIES) {
      await page.goto(routes.kind(name, 'pods'));
      await expect(page.getByText(words).first(), name).toBeVisible();
      expect(await page.content()).not.toContain(CANARY);
      await axe();
    }
    await page.goto(routes.kind(CLUSTER, 'pods'));
    await seen(page, 'fresh', Date.now(), 10_000);
    await expect(page.getByRole('row').nth(10)).toBeVisible();
    const said = [...frames, running.log(), await page.content()].join('\n');
    for (const secret of secrets) expect(said.includes(secret), 'a secret was seen').toBe(false);
    expect(() => process.kill(running.pid, 0), 'the console is the same process').not.toThrow();
    expect(readFileSync(kubeconfig, 'utf8')).toContain(CANARY);
  },
);
