/**
 * A lock between processes: a listener on an abstract Unix socket. The kernel frees it when its holder dies,
 * however it dies, so there is no stale lock to judge. (Abstract sockets belong to a network namespace: two
 * containers that share a cache folder do not see each other's lock; every write there ends in a rename, so
 * they only do the work twice.)
 */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const retryMs = 200;

/** Runs `work` while no other process works under the same key; `onWait` is called once when one does. */
export async function withLock<T>(key: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  const name = `\0strata-console-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
  let server = await tryListen(name);
  if (!server) onWait();
  while (!server) {
    await delay(retryMs);
    server = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

function tryListen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}
