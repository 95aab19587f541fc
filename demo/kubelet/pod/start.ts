/** How a container is started: its image, its environment, then itself (kuberuntime's startContainer). Pure. */
import type { ContainerStatus } from '../../base/types.ts';
import { raised } from './back-off.ts';
import {
  type Change,
  type ContainerMemory,
  type ContainerView,
  endedMs,
  type KubeletEvent,
  type Surroundings,
  told,
} from './container-view.ts';
import { alreadyPresent, invalidName, isImageName, neverPulled, pullError, pulled } from './images.ts';
import { runningStatus } from './pod-status.ts';

const lastStateOf = ({ state, lastState }: ContainerStatus) =>
  state.terminated ? { terminated: state.terminated } : lastState;

function waiting(
  view: ContainerView,
  memory: ContainerMemory,
  reason: string,
  message: string,
  events: KubeletEvent[],
): Change {
  const { status } = view;
  const next: ContainerStatus = {
    ...status,
    ready: false,
    ...(view.role === 'ephemeral' ? {} : { started: false }),
    state: { waiting: { reason, message } },
    lastState: lastStateOf(status),
  };
  return { status: next, memory, events };
}

/** A try that ends where it began, with an event of its own and the one every failed start has. */
const refused = (
  view: ContainerView,
  memory: ContainerMemory,
  reason: string,
  message: string,
  event: string,
) =>
  waiting(view, memory, reason, message, [
    told(view, 'Warning', event, message),
    told(view, 'Warning', 'Failed', `Error: ${reason}`),
  ]);

/** A restart raises the back-off of the next one. */
function afterRestart({ status, memory }: ContainerView, nowMs: number): ContainerMemory {
  const isRestart = status.state.terminated || status.state.waiting?.reason === 'CrashLoopBackOff';
  return isRestart ? { ...memory, restarts: raised(memory.restarts, endedMs(status), nowMs) } : memory;
}

export function attempt(view: ContainerView, around: Surroundings): Change {
  const { spec, status, story } = view;
  const { image } = spec;
  const memory = afterRestart(view, around.nowMs);
  if (!isImageName(image))
    return refused(view, memory, 'InvalidImageName', invalidName(image), 'InspectFailed');
  const hasRun = status.imageID !== '' && status.image === image;
  const isPresent = story.kind !== 'image-missing' && (hasRun || around.hasImage(image));
  if (spec.imagePullPolicy === 'Never' && !isPresent)
    return refused(view, memory, 'ErrImageNeverPull', neverPulled(image), 'ErrImageNeverPull');
  if (isPresent && spec.imagePullPolicy !== 'Always')
    return run(view, around, memory, told(view, 'Normal', 'Pulled', alreadyPresent(image)));
  return {
    status,
    memory: { ...memory, isPulling: true },
    events: [told(view, 'Normal', 'Pulling', `Pulling image "${image}"`)],
  };
}

/** The pull has ended, well or not. */
export function start(view: ContainerView, around: Surroundings): Change {
  const { spec, story } = view;
  const { isPulling: _isPulling, ...memory } = view.memory;
  if (story.kind !== 'image-missing')
    return run(
      view,
      around,
      memory,
      told(view, 'Normal', 'Pulled', pulled(spec.image, around.between(310, 1_900))),
    );
  const why = pullError(spec.image);
  const pulls = raised(memory.pulls, around.nowMs, around.nowMs);
  return waiting(view, { ...memory, pulls }, 'ErrImagePull', why, [
    told(view, 'Warning', 'Failed', `Failed to pull image "${spec.image}": ${why}`),
    told(view, 'Warning', 'Failed', 'Error: ErrImagePull'),
  ]);
}

function run(
  view: ContainerView,
  around: Surroundings,
  memory: ContainerMemory,
  event: KubeletEvent,
): Change {
  const { pod, spec, role, status } = view;
  const fault = around.configFault(view);
  if (fault !== undefined)
    return waiting(view, memory, 'CreateContainerConfigError', fault, [
      event,
      told(view, 'Warning', 'Failed', `Error: ${fault}`),
    ]);
  const lastState = lastStateOf(status);
  const restarts = lastState.terminated ? status.restartCount + 1 : status.restartCount;
  const running = runningStatus(pod, spec, around.now, restarts, lastState);
  const { started: _started, ...bare } = running;
  const isStarted = !spec.startupProbe;
  const isServing = role === 'main' || role === 'sidecar';
  return {
    status:
      role === 'ephemeral'
        ? bare
        : { ...running, started: isStarted, ready: isServing && isStarted && !spec.readinessProbe },
    memory,
    events: [
      event,
      told(view, 'Normal', 'Created', 'Container created'),
      told(view, 'Normal', 'Started', 'Container started'),
    ],
  };
}
