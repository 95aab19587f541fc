import { expect, test } from '@playwright/test';
import { querySpec } from '#lib/resources/query-spec.ts';
import { type ControlPlane, startControlPlane } from '#test/controlplane/control-plane.ts';
import { startChurn } from '../support/churn.ts';
import { startConsole } from '../support/console.ts';
import { type Kubectl, kubectlFor } from '../support/kubectl.ts';
import { type LiveProbe, openProbe, signIn } from '../support/live-probe.ts';
import { projectedRows, rowDifferences } from '../support/row-truth.ts';

/** `npm test` carries a short form; the long one is STRATA_KILLS=20. */
const KILLS = Number(process.env.STRATA_KILLS ?? 4);
const SEED = Number(process.env.STRATA_SEED ?? 7);
const NAMESPACE = 'truth';

test.setTimeout(60_000 + KILLS * 30_000);

test.skip(
  process.env.STRATA_REAL_KUBECONFIG === undefined,
  'no real control plane was started; run: npm test -- --only real',
);

// This test kills its API server again and again, so it has a control plane of its own.
test(`rows equal the API server's after ${KILLS} kills under churn`, async () => {
  const plane = await startControlPlane({ nodes: 10 });
  try {
    const kubectl = kubectlFor(plane.kubectl, plane.kubeconfig);
    await kubectl('create', 'namespace', NAMESPACE);
    const running = await startConsole({ kubeconfig: plane.kubeconfig });
    try {
      const cookie = await signIn(running.url);
      const spec = querySpec({
        cluster: 'admin',
        kinds: ['pods'],
        window: { offset: 0, limit: 500 },
      });
      const probe = await openProbe(running.origin, cookie, spec);
      await killRepeatedly(plane, kubectl, probe);
      await expectEqualRows(kubectl, probe);
      expect(
        relists(await running.metrics()),
        'one relist a kind at the most for each loss of history',
      ).toBeLessThanOrEqual(KILLS);
      probe.close();
    } finally {
      await running.stop();
    }
  } finally {
    await plane.stop();
  }
});

async function killRepeatedly(plane: ControlPlane, kubectl: Kubectl, probe: LiveProbe): Promise<void> {
  const churn = startChurn({ kubectl, namespace: NAMESPACE, seed: SEED });
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = churn.done;
    await expect
      .poll(() => churn.done - before, { message: 'churn between two kills', timeout: 30_000 })
      .toBeGreaterThan(3);
    await probe.until('pods to lose', (state) => state.rows.length > 3);
    await plane.apiserver.kill();
    await probe.until(`kill ${kill + 1} is seen`, (state) => state.connection.state === 'stale', 5_000);
    expect(probe.rows().size, 'rows stay while the API server is away').toBeGreaterThan(0);
    await plane.apiserver.start();
    await probe.until(
      `live again after kill ${kill + 1}`,
      (state) => state.connection.state === 'live',
      15_000,
    );
  }
  await churn.stop();
}

/** What the console shows, cell by cell, is what its own projection makes of kubectl's answer. */
async function expectEqualRows(kubectl: Kubectl, probe: LiveProbe): Promise<void> {
  const wrong = async () => {
    const { items } = JSON.parse(await kubectl('get', 'pods', '-A', '-o', 'json')) as { items: unknown[] };
    return rowDifferences(projectedRows('pods', items), probe.rows());
  };
  await expect
    .poll(wrong, { message: 'rows that differ from kubectl get -o json', timeout: 15_000, intervals: [250] })
    .toEqual([]);
}

/** Relists of pods so far, from /metrics. */
function relists(metrics: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith('strata_reflector_relists_total{') && line.includes('"pods"'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
