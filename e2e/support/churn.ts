import type { Kubectl } from './kubectl.ts';

/**
 * Keeps changing a namespace's workloads: scales up and down, deletes pods, labels pods. Which change comes next is
 * decided by a seeded sequence. Commands that fail while the API server is away are counted, not retried.
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
  readonly deployments: readonly string[];
  readonly seed: number;
}

export function startChurn(options: ChurnOptions): Churn {
  const random = seeded(options.seed);
  const counts = { done: 0, failed: 0 };
  let isStopped = false;
  const loop = (async () => {
    while (!isStopped) {
      const isDone = await options.kubectl(...nextChange(options, random)).then(
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

function nextChange({ namespace, deployments }: ChurnOptions, random: () => number): string[] {
  const deployment = deployments[Math.floor(random() * deployments.length)] ?? '';
  const short = ['-n', namespace, '--request-timeout=3s'];
  const what = random();
  if (what < 0.5)
    return ['scale', `deployment/${deployment}`, `--replicas=${1 + Math.floor(random() * 11)}`, ...short];
  if (what < 0.75) return ['delete', 'pods', '-l', `app=${deployment}`, '--wait=false', ...short];
  return [
    'label',
    'pods',
    '-l',
    `app=${deployment}`,
    `round=${Math.floor(random() * 1000)}`,
    '--overwrite',
    ...short,
  ];
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
