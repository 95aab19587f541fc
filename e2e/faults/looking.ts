// Somebody looks: a list of pods and one pod are open in a browser, and a tab without a browser holds all rows.
import type { Page, TestInfo } from '@playwright/test';
import { querySpec } from '#lib/resources/query-spec.ts';
import { routes } from '#lib/routes.ts';
import { type DirectApi, directApi } from '../support/direct-api.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { expectKept, settleInto } from '../support/kept.ts';
import { type LiveProbe, openProbe, signIn } from '../support/live-probe.ts';
import { projectedRows, rowDifferences } from '../support/row-truth.ts';
import { seen } from '../support/sights.ts';

export const CLUSTER = 'shop-eu-1';
export const LOSS_MS = 5_000;
export const RETURN_MS = 10_000;
const NAMESPACE = 'shop-checkout';

export interface Looking {
  readonly list: Page;
  readonly detail: Page;
  readonly probe: LiveProbe;
  readonly api: DirectApi;
  /** Rows of the tab without a browser that differ from the API server's, in words. */
  wrongRows(): Promise<readonly string[]>;
  /** ms from sinceMs until there are none; compared with withinMs by the caller. */
  rightAgain(sinceMs: number, withinMs: number): Promise<number>;
  /** The pages were not reloaded, scroll and focus stand, the console is the same process and answers. */
  expectUntouched(): Promise<void>;
}

export const test = base.extend<{ looking: Looking }>({
  looking: async ({ page: list, context, console: running, demo }, use) => {
    const api = directApi(demo.kubeconfig);
    await list.goto(routes.kind(CLUSTER, 'pods'));
    await seen(list, 'fresh', Date.now(), 20_000);
    const detail = await context.newPage();
    await detail.goto(routes.object({ cluster: CLUSTER, resource: 'pods', ...(await runningPod(api)) }));
    await seen(detail, 'fresh', Date.now(), 20_000);
    await list.bringToFront();
    const kept = await settleInto(list, 12);
    const spec = querySpec({ cluster: CLUSTER, kinds: ['pods'], window: { offset: 0, limit: 500 } });
    const probe = await openProbe(running.origin, await signIn(running.url), spec);
    await probe.until('all pods', (state) => state.connection.state === 'live' && state.rows.length > 50);
    const wrongRows = async () =>
      rowDifferences(projectedRows('pods', await api.items('/api/v1/pods')), probe.rows());
    await use({
      list,
      detail,
      probe,
      api,
      wrongRows,
      rightAgain: async (sinceMs, withinMs) => {
        await expect
          .poll(wrongRows, { timeout: withinMs + 20_000, intervals: [100], message: 'rows that differ' })
          .toEqual([]);
        return Date.now() - sinceMs;
      },
      expectUntouched: async () => {
        await expectKept(list, kept);
        expect(() => process.kill(running.pid, 0), 'the console is the same process').not.toThrow();
        expect((await fetch(new URL('/readyz', running.origin))).status).toBe(200);
      },
    });
    probe.close();
  },
});

/** A pod that stays while others come and go. */
async function runningPod(api: DirectApi): Promise<{ namespace: string; name: string }> {
  const pods = (await api.items(`/api/v1/namespaces/${NAMESPACE}/pods`)) as {
    metadata: { name: string };
    status?: { phase?: string };
  }[];
  const name = pods.find(({ status }) => status?.phase === 'Running')?.metadata.name;
  if (name === undefined) throw new Error(`no pod runs in ${NAMESPACE}`);
  return { namespace: NAMESPACE, name };
}

export interface Measured {
  readonly [what: string]: number;
}

/** One line in the output, and in the report. */
export function tell(info: TestInfo, what: string, measured: Measured): void {
  const figures = Object.entries(measured).map(([name, ms]) => `${name} ${ms} ms`);
  const line = `${what}: ${figures.join(', ')}`;
  info.annotations.push({ type: 'measured', description: line });
  process.stdout.write(`${line}\n`);
}

export { expect };
