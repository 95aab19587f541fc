/**
 * A container's life as data: each stage says when it applies, how long it takes and what the container is then.
 * Pure; the first stage that applies is the one it is in. Its probes (probes.ts) go on beside it while it runs.
 *
 *   waiting ─try→ pulling ─pull-ends→ running ─ends→ terminated ─try→ …
 *      │  ↑          └→ ErrImagePull → ImagePullBackOff ─try→ …  └─back-off→ CrashLoopBackOff ─try→ …
 *      └→ InvalidImageName, ErrImageNeverPull, CreateContainerConfigError: tried again
 *   running ─kill (its pod ends, its image is another)→ told ─stop→ terminated
 */
import { number } from '../../base/json.ts';
import { durationText, freeAtMs } from './back-off.ts';
import {
  type Change,
  type ContainerView,
  endedMs,
  isOverForGood,
  runningSinceMs,
  type Surroundings,
  told,
} from './container-view.ts';
import { pullBackOff } from './images.ts';
import { endedStatus } from './pod-status.ts';
import { attempt, start } from './start.ts';

export interface Stage {
  name: string;
  applies(view: ContainerView): boolean;
  /** Milliseconds from the moment it began to apply. */
  delayMs(view: ContainerView, around: Surroundings): number;
  apply(view: ContainerView, around: Surroundings): Change;
}

const STOP_MS = 1_800;
const LEAST_GRACE_MS = 2_000;
const SIGKILL = 137;
const SIGTERM = 143;

const waitsFor = ({ status }: ContainerView) => status.state.waiting?.reason ?? '';
const isRunning = ({ status }: ContainerView) => status.state.running !== undefined;
const isKilled = ({ memory }: ContainerView) => memory.kill !== undefined;

/** Tells a container to stop; it is killed when the grace is over. */
export function kill(view: ContainerView, message: string, graceMs: number, nowMs: number): Change {
  return {
    status: view.status,
    memory: { ...view.memory, kill: { sinceMs: nowMs, graceMs: Math.max(graceMs, LEAST_GRACE_MS) } },
    events: [told(view, 'Normal', 'Killing', message)],
  };
}

export const graceMsOf = ({ pod }: ContainerView): number =>
  1000 * (pod.metadata.deletionGracePeriodSeconds ?? number(pod.spec.terminationGracePeriodSeconds, 30));

/** How long it takes to stop by itself: its preStop sleep, and what its program needs. */
function ownStopMs({ spec, story }: ContainerView): number {
  const hook = (spec.lifecycle ?? {}) as { preStop?: { sleep?: { seconds?: number }; exec?: unknown } };
  const sleepMs = number(hook.preStop?.sleep?.seconds) * 1000;
  const hookMs = hook.preStop ? Math.max(sleepMs, 1_000) : 0;
  return hookMs + (story.kind === 'slow-stop' ? story.stopMs : STOP_MS);
}

const graceEndsMs = ({ memory }: ContainerView) =>
  memory.kill ? memory.kill.sinceMs + memory.kill.graceMs : Number.POSITIVE_INFINITY;

/** A settled container of a crash story stays well: the story tells of new starts. */
function endsInMs(view: ContainerView, { nowMs, epochMs }: Surroundings): number {
  const { story, status } = view;
  if (story.kind !== 'crash' && story.kind !== 'completes') return Number.POSITIVE_INFINITY;
  const sinceMs = runningSinceMs(status) ?? nowMs;
  const isSettled = sinceMs < epochMs;
  if (isSettled && story.kind === 'crash') return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.max(sinceMs, epochMs) + story.afterMs - nowMs);
}

function ends(view: ContainerView, { now }: Surroundings): Change {
  const { story, status, memory } = view;
  const ending =
    story.kind === 'crash'
      ? { exitCode: story.exitCode, reason: story.reason ?? 'Error', message: story.message }
      : { exitCode: 0, reason: 'Completed' };
  const { probes: _probes, startedMs: _started, ...rest } = memory;
  const done = endedStatus(status, ending, now);
  const isReady = view.role === 'init' && ending.exitCode === 0;
  return { status: isReady ? { ...done, ready: true } : done, memory: rest, events: [] };
}

const podName = ({ pod: { metadata } }: ContainerView) =>
  `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

/** Failures that are tried again at the kubelet's own pace. */
const FAULTS = new Set(['CreateContainerConfigError', 'InvalidImageName', 'ErrImageNeverPull']);

/** When the next start may be tried, from the failure before it. */
function triedInMs(view: ContainerView, { nowMs, between }: Surroundings): number {
  const reason = waitsFor(view);
  if (FAULTS.has(reason)) return between(10_000, 15_000);
  if (reason === 'ImagePullBackOff') {
    const { pulls } = view.memory;
    return pulls ? Math.max(0, pulls.atMs + pulls.ms - nowMs) : 60_000;
  }
  if (reason === 'CrashLoopBackOff')
    return Math.max(0, freeAtMs(view.memory.restarts, endedMs(view.status)) - nowMs);
  return view.status.state.terminated ? between(600, 1_200) : between(50, 200);
}

const wantsStart = (view: ContainerView) =>
  view.mayStart && !isRunning(view) && !isOverForGood(view.pod, view.spec, view.role, view.status);

function hasToWait({ status, memory }: ContainerView): boolean {
  const ended = endedMs(status);
  return freeAtMs(memory.restarts, ended) > ended;
}

export const STAGES: Stage[] = [
  {
    name: 'stop',
    applies: (view) => isRunning(view) && isKilled(view) && view.isTurnToStop,
    delayMs: (view, { nowMs }) => Math.max(0, Math.min(ownStopMs(view), graceEndsMs(view) - nowMs)),
    apply: (view, { nowMs, now }) => {
      const { kill: _kill, probes: _probes, startedMs: _started, ...memory } = view.memory;
      const exitCode = nowMs >= graceEndsMs(view) ? SIGKILL : SIGTERM;
      return { status: endedStatus(view.status, { exitCode, reason: 'Error' }, now), memory, events: [] };
    },
  },
  {
    name: 'kill',
    applies: (view) => isRunning(view) && !isKilled(view) && view.mustStop,
    delayMs: () => 0,
    apply: (view, { nowMs }) => kill(view, `Stopping container ${view.spec.name}`, graceMsOf(view), nowMs),
  },
  {
    name: 'changed',
    applies: (view) =>
      isRunning(view) && !isKilled(view) && view.role === 'main' && view.status.image !== view.spec.image,
    delayMs: (_view, { between }) => between(300, 900),
    apply: (view, { nowMs }) => {
      const message = `Container ${view.spec.name} definition changed, will be restarted`;
      return kill(view, message, graceMsOf(view), nowMs);
    },
  },
  {
    name: 'ends',
    applies: (view) => isRunning(view) && !isKilled(view),
    delayMs: endsInMs,
    apply: ends,
  },
  {
    name: 'pull-ends',
    applies: (view) => wantsStart(view) && view.memory.isPulling === true,
    delayMs: (view, { between }) => (view.story.kind === 'image-missing' ? 1_000 : between(700, 2_100)),
    apply: start,
  },
  {
    name: 'pull-back-off',
    applies: (view) => wantsStart(view) && waitsFor(view) === 'ErrImagePull',
    delayMs: (_view, { between }) => between(1_000, 3_000),
    apply: (view) => {
      const { image } = view.spec;
      return {
        status: {
          ...view.status,
          state: { waiting: { reason: 'ImagePullBackOff', message: pullBackOff(image) } },
        },
        memory: view.memory,
        events: [
          told(view, 'Normal', 'BackOff', `Back-off pulling image "${image}"`),
          told(view, 'Warning', 'Failed', 'Error: ImagePullBackOff'),
        ],
      };
    },
  },
  {
    name: 'back-off',
    applies: (view) => wantsStart(view) && view.status.state.terminated !== undefined && hasToWait(view),
    delayMs: (_view, { between }) => between(900, 1_400),
    apply: backOff,
  },
  { name: 'try', applies: wantsStart, delayMs: triedInMs, apply: attempt },
];

function backOff(view: ContainerView): Change {
  const { status, spec, memory } = view;
  const message = `back-off ${durationText(memory.restarts?.ms ?? 0)} restarting failed container=${spec.name} pod=${podName(view)}`;
  return {
    status: {
      ...status,
      state: { waiting: { reason: 'CrashLoopBackOff', message } },
      lastState: { ...(status.state.terminated ? { terminated: status.state.terminated } : {}) },
    },
    memory,
    events: [
      told(
        view,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${spec.name} in pod ${podName(view)}`,
      ),
    ],
  };
}
