import type { State } from '#lib/resources/cell.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import {
  at,
  type Dictionary,
  instantAt,
  isDictionary,
  listAt,
  numberAt,
  textAt,
} from '#lib/resources/read.ts';
import { failed, ok, progress, unknown, warning } from '#lib/resources/states.ts';

/** One container as its row shows it; init containers first, as they run. */
export interface ContainerLine {
  readonly key: string;
  readonly name: string;
  /** '', 'init', 'sidecar' or 'ephemeral'. */
  readonly role: string;
  readonly image: string;
  readonly state: State;
  readonly ports: string;
  /** 'request / limit', '–' for neither. */
  readonly cpu: string;
  readonly memory: string;
  readonly restarts: number | null;
  readonly sinceMs: number;
}

const KINDS = [
  ['initContainers', 'initContainerStatuses', 'init'],
  ['containers', 'containerStatuses', ''],
  ['ephemeralContainers', 'ephemeralContainerStatuses', 'ephemeral'],
] as const;

export function containerLines({ fields }: PartialObject): readonly ContainerLine[] {
  return KINDS.flatMap(([spec, status, role]) => {
    const statuses = listAt(fields, 'status', status);
    return listAt(fields, 'spec', spec).map((container, place) => {
      const name = textAt(container, 'name');
      const found = statuses.find((candidate) => textAt(candidate, 'name') === name);
      const isSidecar = role === 'init' && textAt(container, 'restartPolicy') === 'Always';
      return lineOf(container, found, isSidecar ? 'sidecar' : role, `${spec} ${place}`);
    });
  });
}

function lineOf(spec: Dictionary, status: Dictionary | undefined, role: string, key: string): ContainerLine {
  return {
    key,
    name: textAt(spec, 'name') || '?',
    role,
    image: textAt(spec, 'image'),
    state: containerState(status, role),
    ports: portsOf(spec),
    cpu: resourceWords(spec, 'cpu'),
    memory: resourceWords(spec, 'memory'),
    restarts: status === undefined ? null : numberAt(status, 'restartCount'),
    sinceMs:
      instantAt(status, 'state', 'running', 'startedAt') ||
      instantAt(status, 'state', 'terminated', 'finishedAt'),
  };
}

export function containerState(status: Dictionary | undefined, role: string): State {
  if (status === undefined) return unknown('Not reported');
  if (isDictionary(at(status, 'state', 'running'))) {
    if (at(status, 'ready') === true || role === 'ephemeral') return ok('Running');
    return progress('Running, not ready');
  }
  const waiting = at(status, 'state', 'waiting');
  if (isDictionary(waiting)) return waitingState(textAt(waiting, 'reason'));
  const ended = at(status, 'state', 'terminated');
  if (!isDictionary(ended)) return unknown('State not readable');
  const exit = numberAt(ended, 'exitCode');
  if (exit === 0) return role === 'init' ? ok('Done', 'done') : warning('Stopped, exit 0');
  const reason = textAt(ended, 'reason');
  return failed(`Stopped, ${reason === 'OOMKilled' ? 'out of memory' : `exit ${exit ?? 'not known'}`}`);
}

function waitingState(reason: string): State {
  if (reason === 'CrashLoopBackOff') return failed('Crash loop, waits for its next start');
  if (/^(ImagePullBackOff|ErrImagePull)$/.test(reason)) return failed('Image cannot be pulled');
  if (reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing') {
    return progress('Waits to be created', 'wait');
  }
  return /BackOff|Err|Invalid|Fail/i.test(reason)
    ? failed(`Waits: ${reason}`)
    : progress(`Waits: ${reason}`, 'wait');
}

function portsOf(container: Dictionary): string {
  return listAt(container, 'ports')
    .map((port) => {
      const number = numberAt(port, 'containerPort');
      const name = textAt(port, 'name');
      return `${name === '' ? '' : `${name} `}${number ?? '?'}`;
    })
    .join(', ');
}

function resourceWords(container: Dictionary, name: string): string {
  const request = quantity(at(container, 'resources', 'requests', name));
  const limit = quantity(at(container, 'resources', 'limits', name));
  if (request === '' && limit === '') return '–';
  return `${request === '' ? '–' : request} / ${limit === '' ? '–' : limit}`;
}

function quantity(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
