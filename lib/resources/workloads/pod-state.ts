import type { State } from '../cell.ts';
import type { PartialObject } from '../definition.ts';
import {
  at,
  conditionOf,
  type Dictionary,
  instantAt,
  isDictionary,
  listAt,
  numberAt,
  textAt,
} from '../read.ts';
import { failed, leaving, malformed, ok, progress, unknown, warning } from '../states.ts';

/**
 * A pod's state in words, from its own facts. Order and reasons follow what `kubectl get pods` prints (printPod in
 * k8s.io/kubernetes/pkg/printers/internalversion), and go on to the cause: exit codes, images, the scheduler's verdict.
 */
export function podState(pod: PartialObject): State {
  const { fields, metadata } = pod;
  const status = at(fields, 'status');
  if (!isDictionary(status)) return malformed;
  const phase = textAt(status, 'phase');
  const reason = textAt(status, 'reason');
  if (reason === 'NodeLost' || phase === 'Unknown') return unknown('Not known, node lost');
  if (metadata.deletedMs > 0) return leaving(metadata);
  if (phase === 'Succeeded') return ok('Completed', 'done');
  if (phase === 'Failed') return failed(failureWords(status, reason));
  return (
    initState(fields) ?? containerTrouble(fields) ?? schedulingState(fields, phase) ?? readinessState(fields)
  );
}

function failureWords(status: Dictionary, reason: string): string {
  const message = textAt(status, 'message');
  if (reason !== '') return message === '' ? reason : `${reason}: ${message}`;
  const exit = listAt(status, 'containerStatuses')
    .map((container) => numberAt(container, 'state', 'terminated', 'exitCode'))
    .find((code) => code !== null && code !== 0);
  return exit === undefined || exit === null ? 'Failed' : `Failed, exit ${exit}`;
}

/** Init containers run one after the other; sidecars (restartPolicy Always) only have to start. */
function initState(fields: Dictionary): State | null {
  const specs = listAt(fields, 'spec', 'initContainers');
  const statuses = listAt(fields, 'status', 'initContainerStatuses');
  for (const [index, container] of statuses.entries()) {
    const spec = specs.find((candidate) => textAt(candidate, 'name') === textAt(container, 'name'));
    const isSidecar = textAt(spec, 'restartPolicy') === 'Always';
    if (isSidecar && at(container, 'started') === true) continue;
    if (numberAt(container, 'state', 'terminated', 'exitCode') === 0) continue;
    const trouble = troubleOf(container, 'Init ');
    if (trouble !== null) return trouble;
    const place = `init ${index + 1} of ${Math.max(specs.length, statuses.length)}`;
    const waits = textAt(container, 'state', 'waiting', 'reason');
    return progress(waits === '' ? `Starting, ${place}` : `Starting, ${place} waits`);
  }
  return null;
}

function containerTrouble(fields: Dictionary): State | null {
  for (const container of listAt(fields, 'status', 'containerStatuses')) {
    const trouble = troubleOf(container, '');
    if (trouble !== null) return trouble;
  }
  return null;
}

const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const START_REASONS: Readonly<Record<string, string>> = {
  CreateContainerConfigError: 'Configuration missing',
  CreateContainerError: 'Container cannot be created',
  RunContainerError: 'Container cannot start',
  PostStartHookError: 'Post-start hook failed',
};

function troubleOf(container: Dictionary, prefix: string): State | null {
  const reason = textAt(container, 'state', 'waiting', 'reason');
  if (reason === 'CrashLoopBackOff')
    return failed(`${prefix}${lower(prefix, 'Crash loop')}, ${endWords(container, 'lastState')}`);
  if (IMAGE_REASONS.has(reason)) return failed(imageWords(container));
  const start = START_REASONS[reason];
  if (start !== undefined) {
    const message = textAt(container, 'state', 'waiting', 'message');
    return failed(message === '' ? start : `${start}: ${message}`);
  }
  if (!isDictionary(at(container, 'state', 'terminated'))) return null;
  if (numberAt(container, 'state', 'terminated', 'exitCode') === 0)
    return prefix === '' ? warning('Stopped, exit 0') : null;
  return failed(`${prefix}${lower(prefix, 'Stopped')}, ${endWords(container, 'state')}`);
}

function lower(prefix: string, words: string): string {
  return prefix === '' ? words : words.toLowerCase();
}

function endWords(container: Dictionary, where: 'state' | 'lastState'): string {
  const reason = textAt(container, where, 'terminated', 'reason');
  if (reason === 'OOMKilled') return 'out of memory';
  const signal = numberAt(container, where, 'terminated', 'signal');
  if (signal !== null && signal > 0) return `signal ${signal}`;
  const exit = numberAt(container, where, 'terminated', 'exitCode');
  return exit === null ? 'exit not known' : `exit ${exit}`;
}

function imageWords(container: Dictionary): string {
  const image = shortImage(textAt(container, 'image'));
  const reason = textAt(container, 'state', 'waiting', 'reason');
  const message = textAt(container, 'state', 'waiting', 'message');
  if (reason === 'InvalidImageName') return `Image name invalid: ${image}`;
  if (/not found|manifest unknown|does not exist/i.test(message)) return `Image not found: ${image}`;
  if (/unauthorized|denied|forbidden|authentication/i.test(message)) return `Image refused: ${image}`;
  return `Image cannot be pulled: ${image}`;
}

/** 'registry.example/shop/suggest:2.8.O' → 'suggest:2.8.O'. */
export function shortImage(image: string): string {
  return image.slice(image.lastIndexOf('/') + 1);
}

function schedulingState(fields: Dictionary, phase: string): State | null {
  if (textAt(fields, 'spec', 'nodeName') !== '') return null;
  const scheduled = conditionOf(fields, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return failed(verdictWords(scheduled.message));
  }
  if (scheduled?.reason === 'SchedulingGated') return progress('Held by a scheduling gate', 'held');
  return phase === 'Pending' ? progress('Waiting for a node', 'wait') : null;
}

/**
 * The scheduler's FitError ('0/6 nodes are available: 5 Insufficient memory, 1 node(s) were unschedulable. preemption:
 * …') with the reasons first, because a list cuts long words at their end.
 */
function verdictWords(message: string): string {
  const fit = /^0\/(\d+) nodes are available: (.+?)\.(?:\s|$)/.exec(message);
  if (fit !== null) return `No node fits: ${fit[2]} (of ${fit[1]})`;
  return message === '' ? 'Cannot be scheduled, no reason given' : `Cannot be scheduled: ${message}`;
}

function readinessState(fields: Dictionary): State {
  const containers = listAt(fields, 'status', 'containerStatuses');
  const total = Math.max(listAt(fields, 'spec', 'containers').length, containers.length);
  const waiting = containers.find((container) => isDictionary(at(container, 'state', 'waiting')));
  if (containers.length === 0 || waiting !== undefined) {
    const reason = textAt(waiting, 'state', 'waiting', 'reason');
    return progress(
      reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing'
        ? 'Creating container'
        : reason,
    );
  }
  const ready = containers.filter((container) => at(container, 'ready') === true).length;
  const condition = conditionOf(fields, 'Ready');
  if (condition?.status === 'True') return ok(total > 1 ? `Ready, ${ready} of ${total}` : 'Ready');
  if (containers.some((container) => at(container, 'started') === false))
    return progress('Starting, probe pending');
  if (condition === undefined || condition.status === 'Unknown') return unknown('Readiness not known');
  if (ready === total) return progress('Ready, waits for a readiness gate', 'wait');
  return hasBeenReady(containers, condition.sinceMs)
    ? warning(`Not ready, ${ready} of ${total}`)
    : progress(total > 1 ? `Starting, ${ready} of ${total} ready` : 'Starting, not ready yet');
}

/** Ready went False after a container had started: it was ready before and no longer is. */
function hasBeenReady(containers: readonly Dictionary[], readyChangedMs: number): boolean {
  const startedMs = Math.max(
    0,
    ...containers.map((container) => instantAt(container, 'state', 'running', 'startedAt')),
  );
  return readyChangedMs > startedMs && startedMs > 0;
}
