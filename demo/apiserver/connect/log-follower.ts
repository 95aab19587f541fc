/** Tells what a container writes from one instant on, as the world's clock comes to it, until its run is over. */
import type { Cancel, Clock } from '../../base/clock.ts';
import type { Pod } from '../../base/types.ts';
import { isOver, type LogLine, linesBetween } from '../../containers/log.ts';
import { type ContainerRun, containerRun } from '../../containers/run.ts';
import type { Store } from '../../storage/store.ts';

const EVERY_MS = 500;

export interface Followed {
  store: Store;
  clock: Clock;
  pod: Pod;
  container: string;
  run: ContainerRun;
  fromMs: number;
  /** Gives false to hear no more. */
  onLines: (lines: LogLine[]) => boolean;
  /** The run is over; not called after a cancel. */
  onEnd: () => void;
}

export function presentPod(store: Store, pod: Pod): Pod | undefined {
  const found = store.get('pods', pod.metadata.namespace ?? '', pod.metadata.name) as Pod | undefined;
  return found?.metadata.uid === pod.metadata.uid ? found : undefined;
}

export function followLines(followed: Followed): Cancel {
  const { store, clock, pod, container, run } = followed;
  let writtenMs = followed.fromMs;
  let isCancelled = false;
  let cancel: Cancel = () => undefined;
  const advance = () => {
    if (isCancelled) return;
    const nowMs = clock.now();
    const present = presentPod(store, pod);
    const lines = linesBetween(pod, container, endOf(present, container, run), writtenMs, nowMs);
    writtenMs = nowMs;
    const isWanted = followed.onLines(lines);
    if (isOver(present, container, run)) followed.onEnd();
    else if (isWanted) cancel = clock.schedule(EVERY_MS, advance);
  };
  cancel = clock.schedule(EVERY_MS, advance);
  return () => {
    isCancelled = true;
    cancel();
  };
}

/** The run with its end, when the pod by now tells it. */
function endOf(pod: Pod | undefined, container: string, run: ContainerRun): ContainerRun {
  if (!pod) return run;
  const runs = [containerRun(pod, container, false), containerRun(pod, container, true)];
  return runs.find((each) => each?.startMs === run.startMs) ?? run;
}
