import type { Kubectl } from './kubectl.ts';

/**
 * Keeps changing a namespace's pods: makes, labels and deletes them, about forty at a time. Which change comes next
 * is decided by a seeded sequence. Bare pods on purpose: after its API server was killed the ReplicaSet controller
 * may wait minutes for creations it never saw (client-go's expectations), and nothing would change meanwhile.
 * Commands that fail while the API server is away are counted, not retried.
 */
export interface Churn {
  readonly done: number;
  readonly failed: number;
  /** Lets the command under way end. */
  stop(): Promise<void>;
}

export interface ChurnOptions {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly seed: number;
}

const PODS = 40;

export function startChurn({ kubectl, namespace, seed }: ChurnOptions): Churn {
  const random = seeded(seed);
  const counts = { done: 0, failed: 0 };
  const pods: string[] = [];
  let made = 0;
  let isStopped = false;
  const next = (): string[] => {
    const what = random();
    if (pods.length < 5 || (what < 0.5 && pods.length < PODS)) {
      const name = `churn-${made++}`;
      pods.push(name);
      return ['run', name, '--image=example/churn:1', '--restart=Never'];
    }
    const index = Math.floor(random() * pods.length);
    if (what < 0.75)
      return ['delete', 'pod', pods.splice(index, 1)[0] ?? '', '--wait=false', '--ignore-not-found'];
    return ['label', 'pod', pods[index] ?? '', `round=${Math.floor(random() * 1000)}`, '--overwrite'];
  };
  const loop = (async () => {
    while (!isStopped) {
      const isDone = await kubectl(...next(), '-n', namespace, '--request-timeout=3s').then(
        () => true,
        () => false,
      );
      if (isDone) counts.done += 1;
      else counts.failed += 1;
    }
  })();
  return {
    get done() {
      return counts.done;
    },
    get failed() {
      return counts.failed;
    },
    stop: async () => {
      isStopped = true;
      await loop;
    },
  };
}

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
