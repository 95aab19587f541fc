import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { startConsole } from '../support/console.ts';
import { expect, realTest as test } from '../support/fixtures.ts';
import { sendHostileRequests } from '../support/hostile.ts';
import { kubectlApply, kubectlFor } from '../support/kubectl.ts';

interface CountingProxy {
  readonly port: number;
  /** Connections so far: what never connected never reached the API server. */
  readonly connections: number;
  close(): void;
}

/** Between the console and the API server; TLS goes through untouched. */
async function startProxy(target: URL): Promise<CountingProxy> {
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close: () => void server.close(),
  };
}

// A console of its own, and no page: it then dials the API server for nothing but what is sent to it.
test('hostile requests reach no real API server', async ({ kubeconfig }, info) => {
  const program = process.env.STRATA_REAL_KUBECTL ?? 'kubectl';
  const kubectl = kubectlFor(program, kubeconfig);
  const text = readFileSync(kubeconfig, 'utf8');
  const server = /https:\/\/[^"\s]+/.exec(text)?.[0] ?? '';
  const proxy = await startProxy(new URL(server));
  const path = info.outputPath('through-proxy');
  mkdirSync(info.outputDir, { recursive: true });
  writeFileSync(path, text.replaceAll(server, `https://127.0.0.1:${proxy.port}`), { mode: 0o600 });
  await kubectl('create', 'namespace', 'shop');
  const running = await startConsole({ kubeconfig: path });
  try {
    await kubectlApply(program, kubeconfig, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cart-1', namespace: 'shop' },
      spec: { automountServiceAccountToken: false, containers: [{ name: 'cart', image: 'shop/cart:1' }] },
    });
    const { sent, wrong, readPod } = await sendHostileRequests(running, 'admin');
    expect(wrong).toEqual([]);
    expect(proxy.connections, 'connections to the API server').toBe(0);
    expect(await readPod(), 'the way was open').toBe(200);
    expect(proxy.connections).toBeGreaterThan(0);
    const pod = JSON.parse(await kubectl('get', 'pod', 'cart-1', '-n', 'shop', '-o', 'json')) as {
      metadata: { deletionTimestamp?: string };
    };
    expect(pod.metadata.deletionTimestamp, 'nobody deleted it').toBeUndefined();
    expect(() => process.kill(running.pid, 0), 'the console is the same process').not.toThrow();
    process.stdout.write(
      `hostile requests to a real control plane: ${sent} sent, ${sent - wrong.length} refused, 0 connections to the API server\n`,
    );
  } finally {
    await running.stop();
    proxy.close();
    await kubectl('delete', 'namespace', 'shop', '--wait=false');
  }
});
