/**
 * pods/log: what a container has written, and with `follow` what it writes from now on, a line the moment the
 * world's clock comes to it. A followed log ends with the container's run, with its pod, or at limitBytes.
 */
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Pod } from '../../base/types.ts';
import { keptLines, type LogLine } from '../../containers/log.ts';
import { type ContainerRun, containerRun, containerStatus } from '../../containers/run.ts';
import type { Store } from '../../storage/store.ts';
import { badRequest } from '../meta/status.ts';
import { followLines } from './log-follower.ts';
import type { LogOptions } from './log-options.ts';
import { chooseContainer } from './pod-container.ts';

const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;

/** Where a pod stands, and what asks for its text. */
export interface LogSubject {
  store: Store;
  clock: Clock;
  pod: Pod;
  options: LogOptions;
}

/** kubelet's validateContainerLogStatus. */
const PULLING: Record<string, string | undefined> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

/** Throws ApiError 400 when there is no run that has written anything, in the kubelet's words. */
export function chooseRun(pod: Pod, container: string, isPrevious: boolean): ContainerRun {
  const run = containerRun(pod, container, isPrevious);
  if (run) return run;
  const { name } = pod.metadata;
  if (isPrevious) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const status = containerStatus(pod, container);
  if (!status) throw badRequest(`container "${container}" in pod "${name}" is not available`);
  const waiting = status.state.waiting?.reason ?? 'ContainerCreating';
  const why = PULLING[waiting] ?? waiting;
  throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`);
}

export class LogStream {
  readonly #subject: LogSubject;
  readonly #container: string;
  readonly #run: ContainerRun;
  #leftBytes: number;

  /** Throws ApiError when there is nothing to read from. */
  constructor(subject: LogSubject) {
    const { pod, options } = subject;
    this.#subject = subject;
    this.#container = chooseContainer(pod, options.container);
    this.#run = chooseRun(pod, this.#container, options.isPrevious);
    this.#leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY;
  }

  start(response: ServerResponse): void {
    const { store, clock, pod, options } = this.#subject;
    const [container, run, fromMs] = [this.#container, this.#run, clock.now()];
    response.setHeader('content-type', 'text/plain');
    response.writeHead(200);
    response.flushHeaders();
    const kept = selectLines(keptLines(pod, container, run, fromMs), options, fromMs);
    const goesOn = this.#write(response, kept);
    if (!goesOn || !options.isFollowing || options.isPrevious || run.end) {
      response.end();
      return;
    }
    const onEnd = () => void response.end();
    const onLines = (lines: LogLine[]) => {
      if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy();
      else if (this.#write(response, lines)) return true;
      else response.end();
      return false;
    };
    const cancel = followLines({ store, clock, pod, container, run, fromMs, onLines, onEnd });
    response.on('close', cancel);
  }

  /** False when limitBytes is reached. */
  #write(response: ServerResponse, lines: LogLine[]): boolean {
    const { hasTimestamps } = this.#subject.options;
    const written = Buffer.from(lines.map((line) => lineText(line, hasTimestamps)).join(''));
    if (written.length > 0) response.write(written.subarray(0, Math.min(written.length, this.#leftBytes)));
    this.#leftBytes -= written.length;
    return this.#leftBytes > 0;
  }
}

function selectLines(lines: LogLine[], options: LogOptions, nowMs: number): LogLine[] {
  const { sinceSeconds, sinceMs, tailLines } = options;
  const fromMs = sinceSeconds === undefined ? (sinceMs ?? 0) : nowMs - sinceSeconds * 1_000;
  const recent = lines.filter(({ atMs }) => atMs >= fromMs);
  if (tailLines === undefined) return recent;
  return tailLines === 0 ? [] : recent.slice(-tailLines);
}

/** The runtime's stamp has nanoseconds. */
function lineText({ atMs, line }: LogLine, hasTimestamp: boolean): string {
  return hasTimestamp ? `${new Date(atMs).toISOString().replace('Z', '000000Z')} ${line}\n` : `${line}\n`;
}
