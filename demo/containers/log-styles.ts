/**
 * What programs write into their logs, one style a family of images. A line is a pure function of its instant and of
 * numbers drawn for that instant, so that the same log comes out however often it is read.
 */

/** Numbers in [0, 1), the same ones each time for the same key. */
export type Draw = (key: string) => number;

export interface LogStyle {
  start(container: string, atMs: number): string[];
  /** One event; a stack trace has several lines. */
  event(atMs: number, draw: Draw): string[];
  failure(message: string, atMs: number): string[];
}

const pick = <T>(from: readonly T[], chance: number): T => from[Math.floor(chance * from.length)] as T;
const iso = (atMs: number) => new Date(atMs).toISOString();
const hex = (chance: number) =>
  Math.floor(chance * 0xffff_ffff)
    .toString(16)
    .padStart(8, '0');

const PATHS = [
  '/v1/items',
  '/v1/items/48213',
  '/v1/cart',
  '/v1/prices?currency=EUR',
  '/healthz',
  '/v1/orders',
];
const UPSTREAMS = ['session-store:6379', 'catalog-db:5432', 'payments-api:8443'];

const TRACE = [
  '    at PoolClient.acquire (/app/node_modules/pool/lib/client.js:118:23)',
  '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  '    at async Repository.load (/app/dist/repository.js:64:18)',
  '    at async handle (/app/dist/server.js:212:7)',
];

function request(draw: Draw) {
  const chance = draw('status');
  const status = chance > 0.985 ? 500 : chance > 0.95 ? 404 : 200;
  const durationMs = Math.round(4 + draw('duration') ** 4 * 900);
  const level = status === 500 ? 'error' : durationMs > 400 ? 'warn' : 'info';
  return { status, durationMs, level, path: pick(PATHS, draw('path')), trace: hex(draw('trace')) };
}

const entry = (atMs: number, level: string, msg: string, more: object = {}) =>
  JSON.stringify({ time: iso(atMs), level, msg, ...more });

/** Backends: JSON, one object a line; now and then a payload that makes the line long. */
const json: LogStyle = {
  start: (container, atMs) => [
    entry(atMs, 'info', 'starting', { component: container }),
    entry(atMs + 40, 'debug', 'configuration loaded', { sources: ['/etc/config/app.yaml', 'env'] }),
    entry(atMs + 310, 'info', 'listening', { address: '0.0.0.0:8080' }),
  ],
  event: (atMs, draw) => {
    const { status, durationMs, level, path, trace } = request(draw);
    if (draw('long') > 0.998) {
      const payload = Array.from({ length: 160 }, (_, index) => ({ sku: `SKU-${index}-${trace}`, qty: 1 }));
      return [entry(atMs, 'debug', 'batch received', { trace, payload })];
    }
    const more = { method: 'GET', path, status, durationMs, trace };
    if (status !== 500) return [entry(atMs, level, 'request served', more)];
    const why = `timeout acquiring a connection to ${pick(UPSTREAMS, draw('upstream'))}`;
    return [entry(atMs, level, 'request failed', { ...more, error: why }), `Error: ${why}`, ...TRACE];
  },
  failure: (message, atMs) => [entry(atMs, 'fatal', message), `Error: ${message}`, ...TRACE],
};

/** Workers: plain lines, Java's traces. */
const plain: LogStyle = {
  start: (container, atMs) => [
    `${stamp(atMs)}  INFO [main] ${container}: starting`,
    `${stamp(atMs + 120)}  INFO [main] ${container}: connecting to database`,
  ],
  event: (atMs, draw) => {
    const count = Math.round(draw('count') * 240);
    const thread = `worker-${Math.floor(draw('thread') * 4)}`;
    if (draw('level') > 0.97)
      return [`${stamp(atMs)}  WARN [${thread}] queue: ${count} messages wait, oldest is ${count * 3} s old`];
    return [
      `${stamp(atMs)}  INFO [${thread}] queue: batch of ${count} done in ${Math.round(draw('ms') * 800)} ms`,
    ];
  },
  failure: (message, atMs) => [
    `${stamp(atMs)} ERROR [main] application failed to start`,
    `java.lang.IllegalStateException: ${message}`,
    '\tat shop.config.Settings.require(Settings.java:87)',
    '\tat shop.config.Settings.load(Settings.java:41)',
    '\tat shop.worker.Main.main(Main.java:23)',
    'Caused by: java.lang.IllegalArgumentException',
    '\t... 3 more',
  ],
};

/** Web servers of the front: coloured for a terminal that is not there. */
const coloured: LogStyle = {
  start: (container, atMs) => [
    `\u001b[36m${stamp(atMs)}\u001b[39m \u001b[1m${container}\u001b[22m ready on http://0.0.0.0:3000`,
  ],
  event: (atMs, draw) => {
    const { status, durationMs, path } = request(draw);
    const colour = status === 500 ? 31 : status === 404 ? 33 : 32;
    const time = `\u001b[36m${stamp(atMs)}\u001b[39m`;
    const lines = [
      `${time} GET ${path} \u001b[${colour}m${status}\u001b[39m \u001b[2min ${durationMs}ms\u001b[22m`,
    ];
    return status === 500 ? [...lines, '\u001b[31mTypeError: fetch failed\u001b[39m', ...TRACE] : lines;
  },
  failure: (message) => [`\u001b[31m\u001b[1mError:\u001b[22m ${message}\u001b[39m`, ...TRACE],
};

/** Platform programs in Go: key=value. */
const logfmt: LogStyle = {
  start: (container, atMs) => [`ts=${iso(atMs)} level=info caller=main.go:88 msg="starting ${container}"`],
  event: (atMs, draw) => {
    const took = `${Math.round(draw('took') * 900)}ms`;
    if (draw('level') > 0.98)
      return [`ts=${iso(atMs)} level=warn caller=manager.go:316 msg="slow evaluation" duration=${took}`];
    return [`ts=${iso(atMs)} level=info caller=compact.go:556 msg="block written" duration=${took}`];
  },
  failure: (message, atMs) => [
    `ts=${iso(atMs)} level=error caller=main.go:142 err=${JSON.stringify(message)}`,
    `panic: ${message}`,
    '',
    'goroutine 1 [running]:',
    'main.main()',
    '\t/src/cmd/main.go:142 +0x1d4',
  ],
};

/** Kubernetes' own programs: klog. */
const klog: LogStyle = {
  start: (container, atMs) => [`${klogHead('I', atMs)} server.go:102] "Starting" component="${container}"`],
  event: (atMs, draw) => {
    if (draw('level') > 0.98)
      return [
        `${klogHead('W', atMs)} reflector.go:561] watch of *v1.Service ended: too old resource version`,
      ];
    return [
      `${klogHead('I', atMs)} proxier.go:828] "Syncing rules" elapsed="${Math.round(draw('ms') * 90)}ms"`,
    ];
  },
  failure: (message, atMs) => [`${klogHead('F', atMs)} server.go:147] ${message}`],
};

const database: LogStyle = {
  start: (_container, atMs) => [
    `${postgres(atMs)} [1] LOG:  starting PostgreSQL 17.2 on x86_64-pc-linux-musl`,
    `${postgres(atMs + 30)} [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432`,
    `${postgres(atMs + 210)} [1] LOG:  database system is ready to accept connections`,
  ],
  event: (atMs, draw) => {
    const id = 60 + Math.floor(draw('pid') * 400);
    if (draw('level') > 0.99) {
      const error = 'duplicate key value violates unique constraint "orders_pkey"';
      return [`${postgres(atMs)} [${id}] ERROR:  ${error}`, `\tDetail: Key (id)=(${id}817) already exists.`];
    }
    const buffers = Math.round(draw('buffers') * 900);
    return [`${postgres(atMs)} [27] LOG:  checkpoint complete: wrote ${buffers} buffers (0.${id}%)`];
  },
  failure: (message, atMs) => [`${postgres(atMs)} [1] FATAL:  ${message}`],
};

const stamp = (atMs: number) => iso(atMs).slice(0, 23).replace('T', ' ');
const postgres = (atMs: number) => `${stamp(atMs)} UTC`;
const klogHead = (level: string, atMs: number) =>
  `${level}${iso(atMs).slice(5, 10).replace('-', '')} ${iso(atMs).slice(11, 23)}000       1`;

const BY_IMAGE: [RegExp, LogStyle][] = [
  [/^postgres[:/]/, database],
  [/^registry\.k8s\.io\/(kube-|metrics-|coredns)/, klog],
  [/^(prom|grafana|quay\.io|argoproj|jetstack|ghcr\.io)\//, logfmt],
  [/^shop\/[a-z-]*(web|page):/, coloured],
  [/^shop\/[a-z-]*(worker|runner|build|feed|thumbs|reindex|cache)[a-z-]*:/, plain],
];

/** JSON for what is not known better. */
export const styleOf = (image: string): LogStyle =>
  BY_IMAGE.find(([images]) => images.test(image))?.[1] ?? json;
