// Sends every hostile request to a running console, and a good one at the end to prove that the way was open.
import { fillIn, HOSTILE_REQUESTS } from '#test/fixtures/hostile-requests.ts';
import type { RunningConsole } from './console.ts';
import { signIn } from './live-probe.ts';
import { sendRaw, statusOf } from './raw-request.ts';

export interface Hostility {
  readonly sent: number;
  /** Requests that were not refused as they should be, with what came instead. */
  readonly wrong: readonly string[];
  /** Reads the pod that all of them were after, as a browser would; gives the status. */
  readPod(): Promise<number>;
}

/** cluster: the id of a cluster with a pod `cart-1` in the namespace `shop`. */
export async function sendHostileRequests(running: RunningConsole, cluster: string): Promise<Hostility> {
  const { port } = running;
  const session = (await signIn(running.url)).split('=')[1] ?? '';
  const send = async (raw: string) => statusOf(await sendRaw(port, fillIn(raw, { port, session, cluster })));
  const wrong: string[] = [];
  for (const { name, raw, status } of HOSTILE_REQUESTS) {
    const got = await send(raw);
    if (![status].flat().includes(got)) wrong.push(`${name}: ${got} instead of ${status}`);
  }
  const object = '/api/clusters/CLUSTER/api/v1/namespaces/shop/pods/cart-1';
  return {
    sent: HOSTILE_REQUESTS.length,
    wrong,
    readPod: () => send(`GET ${object} HTTP/1.1\r\nHost: HOST\r\nCookie: COOKIE\r\n\r\n`),
  };
}
