/**
 * The probes of one container (pkg/kubelet/prober). Each is tried once a period; enough results of a kind in a row
 * cross its threshold. Tries that can change nothing and say nothing are passed over. Pure.
 *
 *   started ─startup ok→ (liveness, readiness begin) ─readiness ok→ ready ⇄ not ready
 *        └─startup fails─→ killed ←──────────────────── liveness fails
 */
import { at, isObject, number, text } from '../../base/json.ts';
import type { Container, Probe } from '../../base/types.ts';
import { type ContainerView, type ProbeKind, type ProbeRun, runningSinceMs } from './container-view.ts';
import type { Story } from './story.ts';

/** The first try, of a probe without a delay: the kubelet triggers it when the container has started. */
const FIRST_TRY_MS = 500;
const NEVER = Number.POSITIVE_INFINITY;

const KINDS: ProbeKind[] = ['startup', 'liveness', 'readiness'];
const WORDS: Record<ProbeKind, string> = {
  startup: 'Startup',
  liveness: 'Liveness',
  readiness: 'Readiness',
};

export interface ProbeTry {
  kind: ProbeKind;
  tick: number;
  dueMs: number;
}

export interface ProbeResult {
  run: ProbeRun;
  isOk: boolean;
  /** Enough in a row: the state is now what the result says. */
  isCrossed: boolean;
  /** What the event says of a failure. */
  message: string | undefined;
}

const specOf = ({ spec }: ContainerView, kind: ProbeKind): Probe | undefined => {
  const probe = spec[`${kind}Probe`];
  return isObject(probe) ? (probe as Probe) : undefined;
};

/** A command that fails whatever the story. */
const isDoomed = (probe: Probe) => {
  const command = at(probe, 'exec', 'command');
  return Array.isArray(command) && command.length === 1 && /^(\/bin\/)?false$/.test(String(command[0]));
};

/** The first age from `ageMs` on at which a try fails. */
function nextFailureMs(story: Story, kind: ProbeKind, probe: Probe, ageMs: number): number {
  if (isDoomed(probe)) return ageMs;
  if (story.kind === 'never-ready') return kind === 'readiness' ? ageMs : NEVER;
  if (story.kind === 'never-starts') return kind === 'startup' ? ageMs : NEVER;
  if (story.kind === 'unhealthy') return kind === 'liveness' ? Math.max(ageMs, story.afterMs) : NEVER;
  if (story.kind !== 'flapping' || kind !== 'readiness') return NEVER;
  const roundMs = story.readyMs + story.unreadyMs;
  const inRound = ageMs % roundMs;
  return inRound >= story.readyMs ? ageMs : ageMs - inRound + story.readyMs;
}

const periodOf = (probe: Probe) => Math.max(1, number(probe.periodSeconds, 10)) * 1000;
const delayOf = (probe: Probe) => number(probe.initialDelaySeconds) * 1000;

function isDue({ status }: ContainerView, kind: ProbeKind): boolean {
  return kind === 'startup' ? status.started !== true : status.started === true;
}

/** When a probe is tried next, if that can change or say anything. `nowMs` is when nothing is remembered of it. */
function nextTry(view: ContainerView, kind: ProbeKind, probe: Probe, nowMs: number): ProbeTry | undefined {
  const sinceMs = runningSinceMs(view.status);
  if (sinceMs === undefined || !isDue(view, kind)) return undefined;
  const baseMs = kind === 'startup' ? sinceMs : Math.max(sinceMs, view.memory.startedMs ?? sinceMs);
  const period = periodOf(probe);
  const timeOf = (tick: number) => baseMs + Math.max(tick * period, FIRST_TRY_MS);
  const known = view.memory.probes?.[kind];
  const first = Math.ceil(Math.max(0, sinceMs + delayOf(probe) - baseMs) / period);
  let tick = known?.tick ?? Math.max(first, Math.ceil((nowMs - baseMs) / period));
  const isSettled = kind === 'liveness' || (kind === 'readiness' && view.status.ready);
  if (isSettled && known?.last !== false) {
    const failsMs = baseMs + nextFailureMs(view.story, kind, probe, timeOf(tick) - baseMs);
    if (failsMs === NEVER) return undefined;
    tick = Math.max(tick, Math.ceil((failsMs - baseMs) / period));
  }
  return { kind, tick, dueMs: timeOf(tick) };
}

/** The next try of each probe of a running container. */
export function nextTries(view: ContainerView, nowMs: number): ProbeTry[] {
  return KINDS.flatMap((kind) => {
    const probe = specOf(view, kind);
    const next = probe && nextTry(view, kind, probe, nowMs);
    return next ? [next] : [];
  });
}

export function tryProbe(view: ContainerView, { kind, tick, dueMs }: ProbeTry): ProbeResult {
  const probe = specOf(view, kind) ?? {};
  const sinceMs = runningSinceMs(view.status) ?? dueMs;
  const baseMs = kind === 'startup' ? sinceMs : (view.memory.startedMs ?? sinceMs);
  const ageMs = dueMs - baseMs;
  const isOk = nextFailureMs(view.story, kind, probe, ageMs) > ageMs;
  const known = view.memory.probes?.[kind];
  const run = known?.last === isOk ? known.run + 1 : 1;
  const threshold = isOk ? number(probe.successThreshold, 1) : number(probe.failureThreshold, 3);
  const said = 'message' in view.story ? view.story.message : undefined;
  const message = isOk
    ? undefined
    : `${WORDS[kind]} probe failed: ${said ?? failureText(view.spec, probe, view.pod.status.podIP)}`;
  return { run: { tick: tick + 1, last: isOk, run }, isOk, isCrossed: run >= threshold, message };
}

function portNumber(container: Container, port: unknown): number {
  if (typeof port === 'number') return port;
  const named = (container.ports ?? []).find(({ name }) => name === port);
  return named?.containerPort ?? number(Number(port));
}

/** What a try of this kind of probe says when the program behind it is not well. */
function failureText(container: Container, probe: Probe, podIp = ''): string {
  if (isObject(probe.httpGet)) return 'HTTP probe failed with statuscode: 503';
  if (isObject(probe.tcpSocket)) {
    const port = portNumber(container, probe.tcpSocket.port);
    return `dial tcp ${text(probe.tcpSocket.host, podIp)}:${port}: connect: connection refused`;
  }
  if (isObject(probe.grpc)) return 'service unhealthy (responded with "NOT_SERVING")';
  const command = at(probe, 'exec', 'command');
  const words = Array.isArray(command) ? command.map(String) : [];
  // The output of the command is all there is to say; `cat FILE` is the example everybody starts from.
  return words[0] === 'cat' ? `cat: can't open '${words[1] ?? ''}': No such file or directory\n` : '';
}
