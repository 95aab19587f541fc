/** A loopback address to POST to, behind which the target forgets every revision but the present one. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Compactor {
  url: string;
  close(): void;
}

export async function serveCompaction(compact: () => Promise<unknown>): Promise<Compactor> {
  const server = createServer((_, response) => {
    compact().then(
      () => response.end('compacted'),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** Through etcd's JSON gateway: reads the present revision, then compacts to it. */
export async function compactEtcd(etcd: string): Promise<void> {
  const call = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
    const answer = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { header?: { revision?: string } };
  };
  const { header } = await call('range', { key: Buffer.from('/').toString('base64') });
  await call('compaction', { revision: header?.revision, physical: true });
}
