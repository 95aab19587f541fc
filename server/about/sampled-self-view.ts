import type { Clock } from '#lib/k8s/client/clock.ts';
import { COURSE_STEP_MS, COURSE_STEPS, type MemoryFigures } from '#lib/protocol/about-frame.ts';
import type { SelfView } from '../hub/about/self-view.ts';
import type { ClusterSlot } from '../hub/cluster.ts';
import type { BuildFacts } from './build-facts.ts';
import { createCourse } from './course.ts';
import type { EventLoopDelay } from './event-loop-delay.ts';
import { createEventRates } from './event-rates.ts';
import type { UpstreamCounts, UpstreamTotals } from './upstream-counts.ts';

export interface SelfViewParts {
  readonly clock: Clock;
  readonly clusters: ReadonlyMap<string, ClusterSlot>;
  /** Of the hub; 0 before there is one. */
  readonly ticks: () => number;
  readonly upstream: UpstreamCounts;
  readonly delay: EventLoopDelay;
  readonly memory: () => Omit<MemoryFigures, 'rowBytes'>;
  readonly build: BuildFacts;
}

/** Looks at the process every 5 s for as long as it lives, and keeps the last hour: about 0.2 MB. */
export interface SampledSelfView extends SelfView {
  stop(): void;
}

export function createSelfView(parts: SelfViewParts): SampledSelfView {
  const { clock, clusters, upstream, build } = parts;
  const course = createCourse(COURSE_STEPS);
  const rates = createEventRates();
  const startedMs = clock.nowMs();
  let cancel = () => {};
  const step = () => {
    cancel = clock.after(COURSE_STEP_MS, step);
    const atMs = clock.nowMs();
    const requests = new Map<string, UpstreamTotals>();
    for (const [id, { cluster }] of clusters) {
      requests.set(id, upstream.of(id));
      if (cluster !== undefined) rates.step(cluster.informers.running(), atMs);
    }
    const { residentBytes } = parts.memory();
    course.add({ atMs, delay: parts.delay.take(), residentBytes, ticks: parts.ticks(), requests });
  };
  cancel = clock.after(COURSE_STEP_MS, step);
  return {
    console: () => ({ ...build, startedMs, delay: course.delay(), memory: parts.memory() }),
    requests: (cluster) => ({
      ...upstream.of(cluster),
      perSecond: course.requestsPerSecond(cluster),
      refusedLately: course.refusedLately(cluster),
    }),
    ticksPerSecond: course.ticksPerSecond,
    eventsPerMinute: rates.perMinute,
    points: course.points,
    clockAheadMs: (clusterOffsetMs) => clock.wallMs() - (clock.nowMs() + clusterOffsetMs),
    stop() {
      cancel();
      parts.delay.stop();
    },
  };
}

/** Node's own figures, and the limit a container or the like sets. */
export function memoryOfProcess(): Omit<MemoryFigures, 'rowBytes'> {
  const { rss, heapUsed, external } = process.memoryUsage();
  const limit = process.constrainedMemory();
  // Without a limit it is 0 or the largest number there is.
  const isLimited = limit > 0 && limit < Number.MAX_SAFE_INTEGER;
  return {
    residentBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    limitBytes: isLimited ? limit : null,
  };
}
