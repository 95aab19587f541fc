import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on the port or the next free one after it. Resolves with the port that was had; rejects when all are taken. */
export async function listen(server: Server, host: string, port: number, tries: number): Promise<number> {
  for (let at = 0; ; at += 1) {
    const problem = await listenOnce(server, host, port === 0 ? 0 : port + at);
    if (problem === null) return (server.address() as AddressInfo).port;
    const isTaken = problem.code === 'EADDRINUSE' && port !== 0 && at < tries && port + at < 65_535;
    if (!isTaken) throw problem;
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => {
      server.off('listening', succeed);
      resolve(error);
    };
    const succeed = () => {
      server.off('error', fail);
      resolve(null);
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen({ port, host, exclusive: true });
  });
}

/** Host headers that are ours: the address we listen on and its usual name, always with the port. */
export function ownHosts(host: string, port: number): readonly string[] {
  const names = host === 'localhost' ? ['127.0.0.1', '[::1]', 'localhost'] : [inAddress(host), 'localhost'];
  // Browsers leave the port of plain HTTP out.
  return names.flatMap((name) => (port === 80 ? [`${name}:80`, name] : [`${name}:${port}`]));
}

export const originOf = (host: string, port: number): string => `http://${inAddress(host)}:${port}`;

const inAddress = (host: string): string => (host.includes(':') ? `[${host}]` : host);
