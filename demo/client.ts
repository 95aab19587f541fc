/**
 * Starts the demo cluster as a child process and controls it: for tests, benches and `npm start`.
 *
 * The child lives as long as its stdin is open, so it dies with this process even when that is killed.
 */
import type { ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import type { Fault, FaultSpec, ServerName } from './faults/faults.ts';
import { launch } from './launch.ts';

export interface DemoOptions {
  /** `small` (default), `calm`, `odd`, `busy`, `incident` or `scale`. */
  scenario?: string;
  /** How large `scale` is (default 100 and 1,000), and how many pods change in a second (default 10). */
  nodes?: number;
  pods?: number;
  churn?: number;
  seed?: number;
  /** Where kubeconfigs go; a fresh folder under the system's temporary one by default. */
  dir?: string;
  /** The API server's port; the system chooses by default. */
  port?: number;
  env?: NodeJS.ProcessEnv;
  /** How long the start may take. Default 20 s. */
  timeoutMs?: number;
  /** Where the child's stderr goes. Default: kept, and told when the start fails. */
  onLog?: (line: string) => void;
}

export interface ClockState {
  nowMs: number;
  isFrozen: boolean;
  speed: number;
  timers: number;
}

/** How far the second API server is behind. */
export interface SecondState {
  lagMs: number;
  isFrozen: boolean;
  /** What it has seen, and what there is. */
  seenRevision: number;
  revision: number;
}

export interface DemoRequest {
  atMs: number;
  method: string;
  /** Path and query as they came. */
  url: string;
  /** '' when nobody was recognised. */
  user: string;
  headerNames: string[];
  code?: number;
}

export interface DemoStats {
  revision: number;
  objects: Record<string, number>;
  watches: number;
  connections: number;
  requests: number;
  memoryBytes: number;
  clock: ClockState;
}

export interface DemoControl {
  /** Adds a fault; returns its id and how many open watches it hit. */
  addFault(fault: FaultSpec): Promise<{ id: string; watchesHit: number }>;
  faults(): Promise<Fault[]>;
  removeFault(id: string): Promise<boolean>;
  clearFaults(): Promise<void>;
  /** Forgets the watch history; older revisions are 410 from now on. Returns the present revision. */
  compact(): Promise<number>;
  /** Of the first server, when none is named; so for pause and resume. */
  killConnections(server?: ServerName): Promise<void>;
  /** The API server's port refuses connections; its state stays. */
  pause(server?: ServerName): Promise<void>;
  resume(server?: ServerName): Promise<void>;
  /** From now on the second server sees changes later, or none at all; 0 and false let it catch up. */
  lagSecond(lag: { lagMs?: number; isFrozen?: boolean }): Promise<SecondState>;
  second(): Promise<SecondState>;
  /** The node's kubelet is not heard of any more: no lease, no status, no figures, nothing started or ended. */
  silenceNode(name: string): Promise<void>;
  /** It is back. */
  reviveNode(name: string): Promise<void>;
  freezeClock(): Promise<ClockState>;
  resumeClock(): Promise<ClockState>;
  stepClock(ms: number): Promise<ClockState>;
  setClockSpeed(speed: number): Promise<ClockState>;
  clock(): Promise<ClockState>;
  requests(): Promise<DemoRequest[]>;
  clearRequests(): Promise<void>;
  stats(): Promise<DemoStats>;
}

export interface Demo {
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  /** `second` is the administrator at the second server. */
  kubeconfigs: { admin: string; developer: string; second: string };
  /** https://127.0.0.1:PORT */
  server: string;
  /** A second API server of the same cluster: reads at resourceVersion 0 and watches may lag there (lagSecond). */
  secondServer: string;
  /** Where the control port listens, on 127.0.0.1. */
  controlPort: number;
  pid: number;
  control: DemoControl;
  /** Resolves with how the child ended (`code 1`, `SIGKILL`), whenever and why ever it does. */
  exited: Promise<string>;
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
  /** Ends the child and waits for it. May be called again. */
  stop(): Promise<void>;
}

interface ReadyLine {
  ready: true;
  server: string;
  secondServer: string;
  control: { port: number; token: string };
  kubeconfigs: { admin: string; developer: string; second: string };
}

/** Starts the demo cluster and waits until it serves. Throws when it does not within timeoutMs. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const args = ['--json'];
  for (const name of ['scenario', 'seed', 'dir', 'port', 'nodes', 'pods', 'churn'] as const) {
    if (options[name] !== undefined) args.push(`--${name}`, String(options[name]));
  }
  const child = launch(options.scenario, args, ['pipe', 'pipe', 'pipe'], options.env);
  const ready = await waitForReady(child, options);
  const exited = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)),
  );
  return {
    kubeconfig: ready.kubeconfigs.admin,
    kubeconfigs: ready.kubeconfigs,
    server: ready.server,
    secondServer: ready.secondServer,
    controlPort: ready.control.port,
    pid: child.pid as number,
    exited,
    control: controlOf(ready.control.port, ready.control.token),
    signal: (name) => {
      child.kill(name);
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        // A stopped process sees neither its stdin closing nor SIGTERM until it goes on.
        child.kill('SIGCONT');
        child.stdin?.destroy();
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await exited;
        clearTimeout(late);
      }
    },
  };
}

function waitForReady(child: ChildProcess, options: DemoOptions): Promise<ReadyLine> {
  const log: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
    if (options.onLog) options.onLog(line);
    else if (log.push(line) > 200) log.shift();
  });
  // Writing to a child that has died must not end this process; its exit is told below.
  child.stdin?.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(
        new Error(`the demo cluster did not start: ${why}${log.length > 0 ? `\n${log.join('\n')}` : ''}`),
      );
    };
    const timer = setTimeout(() => fail('no answer in time'), options.timeoutMs ?? 20_000);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(JSON.parse(line) as ReadyLine);
    });
  });
}

type Reply = { ok: boolean; error?: string } & Record<string, unknown>;

function send(port: number, token: string, command: string, body: object): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: `/${command}`,
        method: 'POST',
        agent: false,
        headers: { authorization: `Bearer ${token}` },
      },
      (response) => {
        let written = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          written += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const reply = JSON.parse(written) as Reply;
          if (reply.ok) resolve(reply);
          else reject(new Error(`demo control ${command}: ${reply.error ?? 'refused'}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
}

function controlOf(port: number, token: string): DemoControl {
  const run = (command: string, body: object = {}) => send(port, token, command, body);
  const clock = async (command: string, body: object = {}) => {
    const { ok: _ok, ...state } = await run(`clock/${command}`, body);
    return state as unknown as ClockState;
  };
  const quietly = async (command: string, body: object = {}) => {
    await run(command, body);
  };
  const second = async (command: string, body: object = {}) => {
    const { ok: _ok, ...state } = await run(`second/${command}`, body);
    return state as unknown as SecondState;
  };
  return {
    addFault: async (fault) => {
      const reply = await run('fault/add', fault);
      return { id: (reply.fault as { id: string }).id, watchesHit: reply.watchesHit as number };
    },
    removeFault: async (id) => (await run('fault/remove', { id })).removed as boolean,
    clearFaults: () => quietly('fault/clear'),
    compact: async () => (await run('compact')).revision as number,
    faults: async () => (await run('fault/list')).faults as Fault[],
    killConnections: (server) => quietly('kill-connections', { server }),
    pause: (server) => quietly('pause', { server }),
    resume: (server) => quietly('resume', { server }),
    lagSecond: (lag) => second('lag', lag),
    second: () => second('state'),
    silenceNode: async (node) => void (await run('node/silence', { node })),
    reviveNode: async (node) => void (await run('node/revive', { node })),
    freezeClock: () => clock('freeze'),
    resumeClock: () => clock('resume'),
    stepClock: (ms) => clock('step', { ms }),
    setClockSpeed: (speed) => clock('speed', { speed }),
    clock: () => clock('state'),
    requests: async () => (await run('requests')).requests as DemoRequest[],
    clearRequests: () => quietly('requests/clear'),
    stats: async () => (await run('stats')) as unknown as DemoStats,
  };
}
