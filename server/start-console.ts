import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { loadClusters } from '#lib/k8s/client/kubeconfig/load-clusters.ts';
import { CONSOLE_SYMBOL } from '#lib/protocol/console-api.ts';
import { readBuildFacts } from './about/build-facts.ts';
import { watchEventLoopDelay } from './about/event-loop-delay.ts';
import { createSelfView, memoryOfProcess, type SampledSelfView } from './about/sampled-self-view.ts';
import { createUpstreamCounts } from './about/upstream-counts.ts';
import { createConsoleApi } from './api/console-api.ts';
import { stopClusters, wireClusters } from './clusters.ts';
import { type Config, PORT_TRIES } from './config.ts';
import { createEdge, type Edge } from './edge/edge.ts';
import type { EdgeHandlers } from './edge/edge-options.ts';
import { createGrants, type Grants } from './edge/grants.ts';
import { createHttpServer } from './edge/http-server.ts';
import { createLiveSockets, type LiveSockets } from './edge/live-sockets.ts';
import type { ClusterSlot } from './hub/cluster.ts';
import { createHub, type Hub } from './hub/hub.ts';
import { createStoreReaders, type StoreReaders } from './hub/tables/store-readers.ts';
import { wsSocket } from './hub/ws-socket.ts';
import { listen, originOf, ownHosts } from './listen.ts';
import { type ConsoleLog, logAnswer, logWrite } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Pages, PagesOptions } from './next-pages.ts';
import { createLaunchToken } from './session/launch-token.ts';
import { openSessionFile } from './session/session-file.ts';
import { createSessions } from './session/sessions.ts';

/** A console that serves. `url` holds the launch token: it is for the person at the terminal, never for the log. */
export interface RunningConsole {
  readonly url: string;
  readonly metrics: Metrics;
  /** Not ready, sockets told, answers finished, everything closed. Idempotent; takes at most 15 s. */
  stop(): Promise<void>;
}

export interface ConsoleParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: ConsoleLog;
  /** The checkout. */
  readonly dir: string;
  readonly openPages: (options: PagesOptions) => Promise<Pages>;
}

const DRAIN_MS = 10_000;
const SOCKETS_MS = 3_000;
const newId = () => randomBytes(24).toString('base64');

/**
 * The composition root: the one place where the object graph is built. Rejects with an ApiException when the
 * kubeconfig cannot be used at all; a context that cannot, and an API server that does not answer, are shown instead.
 */
export async function startConsole(parts: ConsoleParts): Promise<RunningConsole> {
  const { config, clock, log } = parts;
  const graph: Partial<Graph> = {};
  const metrics = createMetrics({
    clusters: () => graph.clusters?.values() ?? [],
    hub: () => (graph.hub && { ...graph.hub.counters(), slowSockets: graph.hub.slowSockets() }) ?? null,
    self: () => graph.self ?? null,
    nowMs: clock.nowMs,
    sessions: () => graph.sessionCount?.() ?? 0,
  });
  const entries = await loadClusters({ ...config, clock, log });
  const upstream = createUpstreamCounts();
  const onUpstream = (cluster: string, code: number) => {
    metrics.upstream(cluster, code);
    upstream.count(cluster, code, clock.nowMs());
  };
  const clusters = wireClusters(entries, { clock, random: Math.random, log, onUpstream });
  const server = createHttpServer({ edge: () => graph.edge ?? null, newId, onMalformed: metrics.malformed });
  const port = await listen(server, config.host, config.port, PORT_TRIES);
  if (config.port !== 0 && port !== config.port)
    log.warn({ asked: config.port, port }, 'the port is taken: the next free one is used');
  const self = createSelfView({
    ...{ clock, clusters, upstream, delay: watchEventLoopDelay(), memory: memoryOfProcess },
    ticks: () => graph.hub?.counters().ticks ?? 0,
    build: readBuildFacts(parts.dir, config.isDev),
  });
  const served = await serve({ ...parts, clusters, metrics, self, server, port }, graph);
  return { metrics, ...served };
}

/** What is looked up late, because it needs the port or comes after what asks for it. */
interface Graph {
  edge: Edge;
  hub: Hub;
  self: SampledSelfView;
  clusters: ReadonlyMap<string, ClusterSlot>;
  sessionCount: () => number;
}

interface Listening extends ConsoleParts {
  readonly clusters: ReadonlyMap<string, ClusterSlot>;
  readonly metrics: Metrics;
  readonly self: SampledSelfView;
  readonly server: Server;
  readonly port: number;
}

type Readiness = 'starting' | 'ready' | 'draining';

async function serve(parts: Listening, graph: Partial<Graph>): Promise<Pick<RunningConsole, 'url' | 'stop'>> {
  const { config, clock, log, clusters, port, self } = parts;
  const state = { readiness: 'starting' as Readiness, pages: null as Pages | null };
  const { sessions, file } = await openSessions(parts);
  const token = createLaunchToken(randomBytes(32));
  const grants = createGrants(newId);
  const readers = createStoreReaders();
  const hub = createHub({ clusters, clock, instance: newId(), log, self, readers });
  const connect = (ws: WebSocket) => void hub.connect(wsSocket(ws, clock));
  const live = createLiveSockets({ sessions, clock, newId, connect });
  const hosts = ownHosts(config.host, port);
  const edge = createEdge({
    ...{ token, sessions, grants, clock, newId, isDev: config.isDev },
    hosts: () => hosts,
    port: () => port,
    readiness: () => state.readiness,
    handlers: handlersOf(parts, () => state.pages, live),
    onAnswered(record) {
      parts.metrics.answered(record);
      logAnswer(log, record);
    },
  });
  Object.assign(graph, { edge, hub, self, clusters, sessionCount: () => sessions.size } satisfies Graph);
  provideApi(parts, grants, readers);
  const origin = originOf(config.host, port);
  const pages = await parts.openPages({
    ...{ isDev: config.isDev, dir: parts.dir, host: config.host, port, origin },
  });
  state.pages = pages;
  state.readiness = 'ready';
  log.info({ origin, clusters: clusters.size }, 'ready');
  const drain = () => {
    state.readiness = 'draining';
    hub.close();
    return Promise.all([live.closeAll(SOCKETS_MS), within(clock, DRAIN_MS, edge.idle())]);
  };
  const stop = stopOnce(async () => {
    await drain();
    parts.server.close();
    parts.server.closeAllConnections();
    sessions.stop();
    self.stop();
    await Promise.all([file.settled(), stopClusters(clusters)]);
    await pages.close();
    log.info({}, 'stopped');
  });
  return { url: `${origin}/?token=${token.reveal()}`, stop };
}

function handlersOf(parts: Listening, pages: () => Pages | null, live: LiveSockets): EdgeHandlers {
  return {
    // The edge answers 503 itself before there are pages.
    next: async (req, res) => pages()?.handle(req, res),
    hasStatic: (path) => pages()?.hasStatic(path) ?? false,
    metrics: parts.metrics.read,
    socket: live.accept,
    ...(parts.config.isDev
      ? { devUpgrade: (req, socket, head) => pages()?.upgrade?.(req, socket, head) }
      : {}),
  };
}

function stopOnce(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

async function openSessions({ config, clock, log, port }: Listening) {
  const path = join(config.stateDir, `sessions-${port}.json`);
  const file = await openSessionFile(path, (error) =>
    log.error({ path, err: error }, 'sessions cannot be kept'),
  );
  if (file.problem !== undefined) log.warn({ path, why: file.problem }, 'the session file is not used');
  const { secret, restored, keep } = file;
  return { file, sessions: createSessions({ secret, restored, clock, randomBytes, keep }) };
}

/** Route handlers live in Next's module graph: one global is where both meet (lib/protocol/console-api.ts). */
function provideApi({ clusters, clock, log }: Listening, grants: Grants, readers: StoreReaders): void {
  const api = createConsoleApi({
    clusters,
    grants,
    clock,
    readers,
    onWrite: (record) => logWrite(log, record),
    onError: (error, requestId) => log.error({ requestId, err: error }, 'an API request failed'),
  });
  (globalThis as Record<symbol, unknown>)[Symbol.for(CONSOLE_SYMBOL)] = api;
}

/** Resolves with the work or when the time is over, whichever is first. */
function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, resolve);
    work.then(resolve, reject).finally(cancel);
  });
}
