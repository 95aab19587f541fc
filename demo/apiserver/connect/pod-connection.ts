/**
 * pods/exec and pods/attach: a WebSocket to a program of a container (exec) or to what its process 1 writes (attach).
 * It ends with the program, with the container, or when the client goes; then nothing of it is left running.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../base/clock.ts';
import { object, text } from '../../base/json.ts';
import type { Container, Pod } from '../../base/types.ts';
import { isOver } from '../../containers/log.ts';
import { buildMachine, type ReadData } from '../../containers/machine.ts';
import type { Process } from '../../containers/programs.ts';
import { type ContainerRun, containerRun, containerSpec } from '../../containers/run.ts';
import { runProgram } from '../../containers/shell.ts';
import { Stdio } from '../../containers/stdio.ts';
import type { Store } from '../../storage/store.ts';
import { ApiError, badRequest } from '../meta/status.ts';
import { Channels, exitStatus, internalStatus, PROTOCOLS, success } from './channels.ts';
import { followLines, presentPod } from './log-follower.ts';
import { chooseContainer, flag } from './pod-container.ts';

export interface ConnectionSubject {
  store: Store;
  clock: Clock;
  pod: Pod;
  subresource: 'exec' | 'attach';
  query: URLSearchParams;
  /** The container's own program has exited. */
  endContainer(namespace: string, pod: string, container: string, exitCode: number): void;
}

export class PodConnection {
  readonly #subject: ConnectionSubject;
  readonly #container: string;
  readonly #run: ContainerRun | undefined;

  /** Throws ApiError 400 when the pod cannot be connected to, or the request asks for no upgrade. */
  constructor(subject: ConnectionSubject, request: IncomingMessage) {
    const { pod, query } = subject;
    this.#subject = subject;
    this.#container = chooseContainer(pod, query.get('container') ?? '');
    if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
    checkUpgrade(request);
    const run = containerRun(pod, this.#container, false);
    this.#run = run?.end ? undefined : run;
  }

  start(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: 1024 * 1024,
      handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
    });
    server.handleUpgrade(request, socket, head, (connection) => this.#serve(connection));
  }

  #serve(socket: WebSocket): void {
    const { query, subresource } = this.#subject;
    const gone = new AbortController();
    const hasTerminal = flag(query, 'tty');
    const io = new Stdio({
      hasTerminal,
      out: (written) => flag(query, 'stdout') && channels.out(written),
      err: (written) => flag(query, 'stderr') && channels.err(written),
    });
    const channels: Channels = new Channels(socket, {
      onStdin: (typed) => flag(query, 'stdin') && io.feed(typed),
      onStdinEnd: () => io.end(),
      onResize: (columns, rows) => Object.assign(io, { columns, rows }),
      onGone: () => gone.abort(),
    });
    // The first message says that the stream is open, before anything was written.
    channels.out('');
    const asked = ['stdin', 'stdout', 'stderr'].some((name) => flag(query, name));
    const refusal = asked
      ? this.#run
        ? undefined
        : `container not found ("${this.#container}")`
      : 'you must specify at least 1 of stdin, stdout, stderr';
    if (refusal) channels.finish(internalStatus(`unable to upgrade connection: ${refusal}`));
    else if (subresource === 'exec') this.#exec(channels, io, gone, query.getAll('command'));
    else if (containerSpec(this.#subject.pod, this.#container)?.stdin && flag(query, 'stdin'))
      this.#exec(channels, io, gone, undefined);
    else this.#attach(channels, gone.signal);
    if (!flag(query, 'stdin')) io.end();
    gone.signal.addEventListener('abort', () => io.end(), { once: true });
  }

  /** A program beside the container's own; without a command it is that one, a shell: with it the container ends. */
  #exec(channels: Channels, io: Stdio, gone: AbortController, asked: string[] | undefined): void {
    const { store, pod } = this.#subject;
    const command = asked ?? this.#ownCommand();
    const unsubscribe = store.subscribe('pods', ({ object: changed }) => {
      if (changed.metadata.uid !== pod.metadata.uid) return;
      if (isOver(presentPod(store, pod), this.#container, this.#run as ContainerRun)) gone.abort();
    });
    gone.signal.addEventListener('abort', unsubscribe, { once: true });
    this.#program(io, gone.signal, command)
      .then((code) => {
        if (asked === undefined) this.#ended(channels, code, gone.signal);
        else channels.finish(exitStatus(gone.signal.aborted ? 137 : code, command, channels.isV5));
      })
      .catch((error: unknown) => channels.finish(internalStatus(String(error))))
      .finally(unsubscribe);
  }

  #ownCommand(): string[] {
    const { command = [], args = [] } = containerSpec(this.#subject.pod, this.#container) ?? {};
    const words = [...command, ...args];
    return words.length > 0 ? words : ['sh'];
  }

  /** Whoever only goes away leaves the shell, and the container, as they are. */
  #ended(channels: Channels, code: number, gone: AbortSignal): void {
    const { pod, endContainer } = this.#subject;
    channels.finish(success(channels.isV5));
    if (!gone.aborted) endContainer(pod.metadata.namespace ?? '', pod.metadata.name, this.#container, code);
  }

  async #program(io: Stdio, signal: AbortSignal, command: string[]): Promise<number> {
    const { store, clock, pod } = this.#subject;
    const run = this.#run as ContainerRun;
    const [name = '', ...args] = command;
    const container = containerSpec(pod, this.#container) as Container;
    const machine = buildMachine(pod, container, run.startMs, readFrom(store, pod.metadata.namespace ?? ''));
    const process: Process = {
      machine,
      io,
      env: machine.env,
      cwd: machine.workDir,
      now: () => clock.now(),
      schedule: (delayMs, then) => clock.schedule(delayMs, then),
      signal,
    };
    const code = await runProgram(process, name, args);
    if (code !== undefined) return code;
    const start = 'OCI runtime exec failed: exec failed: unable to start container process: exec';
    io.err(`${start}: ${JSON.stringify(name)}: executable file not found in $PATH: unknown\n`);
    return 127;
  }

  #attach(channels: Channels, gone: AbortSignal): void {
    const { store, clock, pod, query } = this.#subject;
    const eol = flag(query, 'tty') ? '\r\n' : '\n';
    const cancel = followLines({
      store,
      clock,
      pod,
      container: this.#container,
      run: this.#run as ContainerRun,
      fromMs: clock.now(),
      onLines: (lines) => {
        if (flag(query, 'stdout')) for (const { line } of lines) channels.out(`${line}${eol}`);
        return !gone.aborted;
      },
      onEnd: () => channels.finish(success(channels.isV5)),
    });
    gone.addEventListener('abort', cancel, { once: true });
  }
}

/** Only WebSockets with our protocols; what the real server says to others is worded as it does. */
function checkUpgrade(request: IncomingMessage): void {
  const asked = (request.headers.upgrade ?? '').toLowerCase();
  if (asked === '') throw badRequest('Upgrade request required');
  if (asked !== 'websocket') throw badRequest(`this server upgrades to WebSockets only, not to ${asked}`);
  if (request.method !== 'GET') throw new ApiError(405, 'MethodNotAllowed', 'bad method', {});
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
  if (!PROTOCOLS.some((protocol) => offered.includes(protocol)))
    throw new ApiError(403, 'Forbidden', `none of ${PROTOCOLS.join(', ')} was offered`, {});
}

function readFrom(store: Store, namespace: string): ReadData {
  return (kind, name) => {
    const found = store.get(kind, namespace, name);
    const entries = Object.entries(object(found?.data)).map(([key, value]): [string, string] => [
      key,
      kind === 'secrets' ? Buffer.from(text(value), 'base64').toString() : text(value),
    ]);
    return new Map(entries);
  };
}
