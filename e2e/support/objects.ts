// Objects that tests make behind the console's back, and the little they read of those that exist.
import type { DirectApi } from './direct-api.ts';

export interface SeenObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export async function readObject(cluster: DirectApi, path: string): Promise<SeenObject> {
  return (await cluster.get(path)) as SeenObject;
}

/** Gone when this resolves: nothing waits for a grace period. */
export async function deleteNow(cluster: DirectApi, path: string): Promise<void> {
  await cluster.delete(`${path}?gracePeriodSeconds=0`);
}

/** A pod without a controller. No scheduler takes it up, so nothing but the test changes it. */
export function idlePod(name: string, image = 'shop/guest:1.0.0'): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { schedulerName: 'nobody', containers: [{ name: 'main', image }] },
  };
}
