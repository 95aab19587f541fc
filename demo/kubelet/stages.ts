/**
 * A pod's life on its node as data: each stage says when it applies, how long it takes and what the pod is then.
 * Pure: `nextStage` reads a pod and its story, `applyStage` gives the next status and the events to tell.
 *
 *   bound ─accept→ ContainerCreating ─start→ Running ─ready→ Ready
 *                        │ image missing              │ crash → CrashLoopBackOff ─restart→ Running …
 *                        └→ ErrImagePull ⇄ ImagePullBackOff
 *                                                     │ completes → Succeeded
 *   deleted (Killing is told) ─gone→ removed
 */
import type { ContainerStatus, Pod, PodStatus } from '../base/types.ts';
import {
  acceptedStatus,
  containerId,
  isReady,
  pullBackOff,
  pullError,
  refreshConditions,
  runningStatus,
} from './pod-status.ts';
import type { Story } from './stories.ts';

export interface StageEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The container it is about. */
  container?: string;
}

export interface StageContext {
  pod: Pod;
  story: Story;
  now: string;
  nowMs: number;
  hostIp: string;
  /** An address for the pod when it gets one. */
  newAddress: () => string;
}

export interface StageResult {
  status: PodStatus;
  events: StageEvent[];
  /** The kubelet is done with it: the object goes. */
  isGone?: boolean;
}

export interface Stage {
  name: string;
  applies(pod: Pod, story: Story): boolean;
  /** A range in milliseconds, or how it follows from the pod. */
  delayMs: readonly [least: number, most: number] | ((pod: Pod, story: Story, nowMs: number) => number);
  apply(context: StageContext): StageResult;
}

const first = (pod: Pod): ContainerStatus | undefined => pod.status.containerStatuses?.[0];
const waitingReason = (pod: Pod): string => first(pod)?.state.waiting?.reason ?? '';
const isLeaving = (pod: Pod) => pod.metadata.deletionTimestamp !== undefined;
const isOver = (pod: Pod) => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** 10 s, doubled with every restart, at most 5 min: the kubelet's container back-off. */
export const backOffMs = (restarts: number): number => Math.min(300_000, 10_000 * 2 ** Math.max(0, restarts));

const words = (ms: number): string =>
  ms % 60_000 === 0
    ? `${ms / 60_000}m0s`
    : ms > 60_000
      ? `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s`
      : `${ms / 1000}s`;
const where = ({ metadata }: Pod) => `${metadata.name}_${metadata.namespace}(${metadata.uid})`;

function mapContainers(
  pod: Pod,
  change: (status: ContainerStatus, index: number) => ContainerStatus,
): ContainerStatus[] {
  return (pod.status.containerStatuses ?? []).map(change);
}

/** All containers of a pod wait for the same reason. */
function waitAll(
  { pod, now }: StageContext,
  reason: string,
  message: (image: string) => string,
  phase: PodStatus['phase'],
): PodStatus {
  const containerStatuses = mapContainers(pod, (status) => ({
    ...status,
    ready: false,
    started: false,
    state: { waiting: { reason, message: message(status.image) } },
  }));
  return refreshConditions({ ...pod.status, phase, containerStatuses }, now);
}

function started(context: StageContext): PodStatus {
  const { pod, now } = context;
  const hasProbe = pod.spec.containers.some((container) => container.readinessProbe);
  const containerStatuses = pod.spec.containers.map((container, index) => {
    const before = pod.status.containerStatuses?.[index];
    const restart = before?.lastState.terminated
      ? before.restartCount + (before.state.waiting?.reason === 'CrashLoopBackOff' ? 1 : 0)
      : (before?.restartCount ?? 0);
    return { ...runningStatus(pod, container, now, restart, before?.lastState ?? {}), ready: !hasProbe };
  });
  const podIP = pod.status.podIP ?? context.newAddress();
  return refreshConditions(
    { ...pod.status, phase: 'Running', containerStatuses, podIP, podIPs: [{ ip: podIP }] },
    now,
  );
}

function startEvents({ pod }: StageContext, isFirst: boolean): StageEvent[] {
  return pod.spec.containers.flatMap((container): StageEvent[] => {
    const about = { container: container.name, type: 'Normal' as const };
    const pulled: StageEvent[] = isFirst
      ? [
          { ...about, reason: 'Pulling', message: `Pulling image "${container.image}"` },
          {
            ...about,
            reason: 'Pulled',
            message: `Successfully pulled image "${container.image}" in 1.214s (1.214s including waiting). Image size: 48193024 bytes.`,
          },
        ]
      : [
          {
            ...about,
            reason: 'Pulled',
            message: `Container image "${container.image}" already present on machine`,
          },
        ];
    return [
      ...pulled,
      { ...about, reason: 'Created', message: `Created container: ${container.name}` },
      { ...about, reason: 'Started', message: `Started container ${container.name}` },
    ];
  });
}

function ended(
  { pod, now }: StageContext,
  exitCode: number,
  reason: string,
  message?: string,
): ContainerStatus[] {
  return mapContainers(pod, (status) => ({
    ...status,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode,
        reason,
        ...(message ? { message } : {}),
        startedAt: status.state.running?.startedAt ?? now,
        finishedAt: now,
        containerID: containerId(pod.metadata.uid, status.name, status.restartCount),
      },
    },
  }));
}

export const STAGES: Stage[] = [
  {
    name: 'gone',
    applies: (pod) => isLeaving(pod),
    delayMs: (pod, story) => {
      const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
      if (!pod.status.containerStatuses?.some((status) => status.state.running)) return 200;
      return Math.min(graceMs, story.kind === 'slow-stop' ? story.stopMs : 1_800);
    },
    apply: (context) => ({
      status: refreshConditions(
        { ...context.pod.status, containerStatuses: ended(context, 0, 'Completed') },
        context.now,
      ),
      events: [],
      isGone: true,
    }),
  },
  {
    name: 'accept',
    applies: (pod) => !isLeaving(pod) && !isOver(pod) && (pod.status.containerStatuses ?? []).length === 0,
    delayMs: [60, 240],
    apply: ({ pod, hostIp, now }) => ({ status: acceptedStatus(pod, hostIp, now), events: [] }),
  },
  {
    name: 'pull-fails',
    applies: (pod, story) =>
      story.kind === 'image-missing' &&
      ['ContainerCreating', 'ImagePullBackOff'].includes(waitingReason(pod)),
    delayMs: (pod) => (waitingReason(pod) === 'ContainerCreating' ? 1_100 : 60_000),
    apply: (context) => {
      const container = context.pod.spec.containers[0];
      const image = container?.image ?? '';
      const about = { container: container?.name ?? '' };
      const message = `Failed to pull image "${image}": ${pullError(image)}`;
      return {
        status: waitAll(context, 'ErrImagePull', pullError, 'Pending'),
        events: [
          { ...about, type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` },
          { ...about, type: 'Warning', reason: 'Failed', message },
          { ...about, type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' },
        ],
      };
    },
  },
  {
    name: 'pull-back-off',
    applies: (pod) => waitingReason(pod) === 'ErrImagePull',
    delayMs: [11_000, 14_000],
    apply: (context) => {
      const container = context.pod.spec.containers[0];
      const about = { container: container?.name ?? '' };
      const image = container?.image ?? '';
      return {
        status: waitAll(context, 'ImagePullBackOff', pullBackOff, 'Pending'),
        events: [
          { ...about, type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` },
          { ...about, type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' },
        ],
      };
    },
  },
  {
    name: 'start',
    applies: (pod, story) =>
      ['ContainerCreating', 'ErrImagePull', 'ImagePullBackOff'].includes(waitingReason(pod)) &&
      story.kind !== 'image-missing',
    delayMs: [900, 2_600],
    apply: (context) => ({ status: started(context), events: startEvents(context, true) }),
  },
  {
    name: 'crash',
    applies: (pod, story) =>
      story.kind === 'crash' && first(pod)?.state.running !== undefined && !isReadyForLong(pod),
    delayMs: (_pod, story) => (story.kind === 'crash' ? story.afterMs : 0),
    apply: (context) => {
      const { story, pod, now } = context;
      const { exitCode, message, reason } =
        story.kind === 'crash' ? story : { exitCode: 1, message: '', reason: undefined };
      const containerStatuses = ended(context, exitCode, reason ?? 'Error', message);
      const isFinal = pod.spec.restartPolicy === 'Never';
      const status = {
        ...pod.status,
        phase: isFinal ? ('Failed' as const) : ('Running' as const),
        containerStatuses,
      };
      return { status: refreshConditions(status, now), events: [] };
    },
  },
  {
    name: 'back-off',
    applies: (pod) => !isOver(pod) && !isLeaving(pod) && isFailedNow(pod),
    delayMs: [900, 1_400],
    apply: (context) => {
      const { pod, now } = context;
      const delay = words(backOffMs(first(pod)?.restartCount ?? 0));
      const containerStatuses = mapContainers(pod, (status) => ({
        ...status,
        state: {
          waiting: {
            reason: 'CrashLoopBackOff',
            message: `back-off ${delay} restarting failed container=${status.name} pod=${where(pod)}`,
          },
        },
        lastState: status.state,
      }));
      const events = containerStatuses.map(
        (status): StageEvent => ({
          type: 'Warning',
          reason: 'BackOff',
          container: status.name,
          message: `Back-off restarting failed container ${status.name} in pod ${where(pod)}`,
        }),
      );
      return { status: refreshConditions({ ...pod.status, containerStatuses }, now), events };
    },
  },
  {
    name: 'restart',
    applies: (pod) => waitingReason(pod) === 'CrashLoopBackOff',
    delayMs: (pod, _story, nowMs) => {
      const endedMs = Date.parse(first(pod)?.lastState.terminated?.finishedAt ?? '');
      return Math.max(
        0,
        (Number.isNaN(endedMs) ? nowMs : endedMs) + backOffMs(first(pod)?.restartCount ?? 0) - nowMs,
      );
    },
    apply: (context) => ({ status: started(context), events: startEvents(context, false) }),
  },
  {
    name: 'completes',
    applies: (pod, story) => story.kind === 'completes' && first(pod)?.state.running !== undefined,
    delayMs: (_pod, story) => (story.kind === 'completes' ? story.afterMs : 0),
    apply: (context) => {
      const { pod, now } = context;
      const isFinal = pod.spec.restartPolicy !== 'Always';
      const status = {
        ...pod.status,
        phase: isFinal ? ('Succeeded' as const) : ('Running' as const),
        containerStatuses: ended(context, 0, 'Completed'),
      };
      return { status: refreshConditions(status, now, isFinal), events: [] };
    },
  },
  {
    name: 'probe-fails',
    applies: (pod, story) =>
      story.kind === 'never-ready' && first(pod)?.state.running !== undefined && !isReady(pod),
    delayMs: [10_000, 10_000],
    apply: ({ pod, story }) => {
      const message = story.kind === 'never-ready' ? story.message : '';
      return {
        status: pod.status,
        events: [
          {
            type: 'Warning',
            reason: 'Unhealthy',
            message: `Readiness probe failed: ${message}`,
            container: first(pod)?.name ?? '',
          },
        ],
      };
    },
  },
  {
    name: 'ready',
    applies: (pod, story) =>
      story.kind !== 'never-ready' && first(pod)?.state.running !== undefined && !isReady(pod),
    delayMs: (pod) =>
      1_000 *
      Math.max(
        1,
        ...pod.spec.containers.map(
          (container) =>
            (container.readinessProbe?.initialDelaySeconds ?? 0) + (container.readinessProbe ? 2 : 0),
        ),
      ),
    apply: ({ pod, now }) => ({
      status: refreshConditions(
        { ...pod.status, containerStatuses: mapContainers(pod, (status) => ({ ...status, ready: true })) },
        now,
      ),
      events: [],
    }),
  },
];

/** A settled pod of a story that only new starts tell: the last healthy one of a crash loop stays healthy. */
function isReadyForLong(pod: Pod): boolean {
  const ready = pod.status.conditions?.find((condition) => condition.type === 'Ready');
  const startedMs = Date.parse(first(pod)?.state.running?.startedAt ?? '');
  return ready?.status === 'True' && Date.parse(ready.lastTransitionTime ?? '') - startedMs >= 5_000;
}

const isFailedNow = (pod: Pod): boolean => {
  const terminated = first(pod)?.state.terminated;
  if (!terminated) return false;
  return (
    pod.spec.restartPolicy === 'Always' ||
    (pod.spec.restartPolicy === 'OnFailure' && terminated.exitCode !== 0)
  );
};

/** The first stage that applies, or undefined when the pod rests as it is. */
export function nextStage(pod: Pod, story: Story): Stage | undefined {
  if (!pod.spec.nodeName) return undefined;
  return STAGES.find((stage) => stage.applies(pod, story));
}
