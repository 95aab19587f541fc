/** What happens next to one container: its stage, and the tries of its probes beside it. Pure. */
import { graceMsOf, kill, STAGES, type Stage } from './container-stages.ts';
import {
  type Change,
  type ContainerView,
  type ProbeKind,
  runningSinceMs,
  type Surroundings,
  told,
} from './container-view.ts';
import { nextTries, type ProbeTry, tryProbe } from './probes.ts';

/** One thing that will happen to a container, unless something else changes it before. */
export interface Step {
  /** The same while the wait for it goes on. */
  key: string;
  /** From the moment the key is new. Infinite: never. */
  delayMs(): number;
  apply(view: ContainerView, around: Surroundings): Change;
}

function stageStep(view: ContainerView, stage: Stage, around: Surroundings): Step {
  const { status, spec, pod, memory } = view;
  const past = `${status.restartCount}/${status.state.waiting?.reason ?? ''}/${memory.kill ? graceMsOf(view) : ''}`;
  return {
    key: `${spec.name}/${stage.name}/${past}/${pod.metadata.deletionGracePeriodSeconds ?? ''}`,
    delayMs: () => stage.delayMs(view, around),
    apply: stage.apply,
  };
}

const RESTARTS: Record<ProbeKind, string> = { startup: 'startup', liveness: 'liveness', readiness: '' };

function probed(view: ContainerView, wanted: ProbeTry, around: Surroundings): Change {
  const { spec, memory, status, role } = view;
  const { kind } = wanted;
  const { run, isOk, isCrossed, message } = tryProbe(view, wanted);
  const events = message === undefined ? [] : [told(view, 'Warning', 'Unhealthy', message)];
  const next: Change = { status, memory: { ...memory, probes: { ...memory.probes, [kind]: run } }, events };
  if (!isCrossed) return next;
  if (kind === 'readiness') return { ...next, status: { ...status, ready: isOk } };
  if (isOk)
    return kind === 'liveness'
      ? next
      : {
          ...next,
          status: { ...status, started: true, ready: !spec.readinessProbe },
          memory: { ...next.memory, startedMs: around.nowMs },
        };
  const failed = `ontainer ${spec.name} failed ${RESTARTS[kind]} probe`;
  const words = role === 'sidecar' ? `Init c${failed}` : `C${failed}${restartWords(view)}`;
  const probe = spec[`${kind}Probe`];
  const graceMs = (probe?.terminationGracePeriodSeconds ?? graceMsOf(view) / 1000) * 1000;
  const killed = kill({ ...view, memory: next.memory }, words, graceMs, around.nowMs);
  return { ...killed, events: [...events, ...killed.events] };
}

const restartWords = ({ spec, pod }: ContainerView) =>
  (spec.restartPolicy ?? pod.spec.restartPolicy) === 'Never' ? '' : ', will be restarted';

export function stepsOf(view: ContainerView, around: Surroundings): Step[] {
  const stage = STAGES.find(({ applies }) => applies(view));
  const steps = stage ? [stageStep(view, stage, around)] : [];
  if (runningSinceMs(view.status) === undefined || view.memory.kill) return steps;
  const isEnding = view.mustStop;
  for (const wanted of nextTries(view, around.nowMs)) {
    // A pod on its way out is not killed for its health any more.
    if (isEnding && wanted.kind !== 'readiness') continue;
    steps.push({
      // Which try of a probe never tried is next moves on with the time: a wake a millisecond late is still for it.
      key: `${view.spec.name}/${wanted.kind}/${view.status.restartCount}/${view.memory.probes?.[wanted.kind]?.tick ?? 0}`,
      delayMs: () => Math.max(0, wanted.dueMs - around.nowMs),
      apply: (present, then) => probed(present, wanted, then),
    });
  }
  return steps;
}
