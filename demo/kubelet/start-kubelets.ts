/** Puts the kubelets of all nodes together: pods, evictions, heartbeats. */
import { EvictionManager } from './eviction-manager.ts';
import { Heartbeats } from './heartbeats.ts';
import { Kubelets, type KubeletTools } from './kubelet.ts';

export interface RunningKubelets {
  /** A program of a running container has exited by itself. */
  endContainer(namespace: string, pod: string, container: string, exitCode: number): void;
  stop(): void;
}

export function startKubelets(tools: KubeletTools, seed: number): RunningKubelets {
  const evictions = new EvictionManager(tools, seed);
  const kubelets = new Kubelets(tools, evictions.admit);
  evictions.attach(kubelets);
  const heartbeats = new Heartbeats(tools.machinery, tools.mutations, tools.silent, tools.recorder);
  return {
    endContainer: (...ended) => kubelets.endContainer(...ended),
    stop: () => {
      kubelets.stop();
      evictions.stop();
      heartbeats.stop();
    },
  };
}
