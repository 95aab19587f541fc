/**
 * Free loopback ports, chosen once for a state folder. They are taken from below the kernel's ephemeral range
 * (32768 up): a port that must be bound again after a restart would otherwise be lost now and then to an
 * outgoing connection.
 */
import { createServer } from 'node:net';

export const portNames = [
  'etcd',
  'etcdPeer',
  'apiserver',
  'controllerManager',
  'scheduler',
  'kubelet',
] as const;

export type Ports = Record<(typeof portNames)[number], number>;

const lowest = 20_000;
const count = 12_000;

/** `random` gives [0, 1); `isFree` asks the kernel. Throws after 1,000 tries. */
export async function choosePorts(
  random: () => number,
  isFree: (port: number) => Promise<boolean> = isPortFree,
): Promise<Ports> {
  const taken = new Set<number>();
  for (let tries = 0; taken.size < portNames.length; tries += 1) {
    if (tries === 1000) throw new Error('no free loopback ports between 20000 and 31999');
    const port = lowest + Math.floor(random() * count);
    if (!taken.has(port) && (await isFree(port))) taken.add(port);
  }
  const chosen = [...taken];
  return Object.fromEntries(portNames.map((name, index) => [name, chosen[index]])) as Ports;
}

export function parsePorts(text: string): Ports {
  const value: unknown = JSON.parse(text);
  const ports = Object.fromEntries(
    portNames.map((name) => {
      const port =
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
      if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new Error(`ports.json: ${name} is no port`);
      }
      return [name, port];
    }),
  );
  return ports as Ports;
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}
