import { createInformerFactory } from '#lib/k8s/cache/informer-factory.ts';
import type { InformerFactory } from '#lib/k8s/cache/shared-informer.ts';
import { compareNatural } from '#lib/k8s/query/natural-order.ts';
import type { Column, ResourceDefinition } from '#lib/resources/definition.ts';
import { type QuerySpec, querySpec } from '#lib/resources/query-spec.ts';
import { numberAt, textAt } from '#lib/resources/read.ts';
import { createHub, type Hub } from '#server/hub/hub.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeCluster } from '#test/fixtures/fake-cluster.ts';
import {
  apiFailure,
  createFakeServer,
  type FakeObject,
  type FakeServer,
  PODS,
} from '#test/fixtures/fake-list-watch.ts';
import { createFakeSelfView } from '#test/fixtures/fake-self-view.ts';
import { type Luck, luckOf } from './luck.ts';
import { Probe } from './probe.ts';

/** What a run found; a good one finds nothing. */
export interface Findings {
  readonly seed: number;
  /** Rows that differ from the API server's once all faults are over and time has passed. */
  readonly wrongRows: number;
  readonly wentBack: number;
  /** Longest time a tab showed something else than the API server has and said it was up to date, beyond the promise. */
  readonly unmarkedMs: number;
  /** What was done, for whoever replays it. */
  readonly story: readonly string[];
}

/** The promises: a lost API server shows within five seconds, a watch that died silently within 35. */
const MARKED_MS = 5_000;
const SILENT_MARKED_MS = 35_000;
const STEPS = 40;
const NAMES = ['web-1', 'web-2', 'web-10', 'api-1', 'api-2', 'db-0', 'job-7', 'job-8'];
const NAMESPACES = ['shop', 'pay', 'ci'];
const PHASES = ['Running', 'Pending', 'Failed'];

const column = (id: string, part: Partial<Column> = {}): Column => ({
  id,
  label: id,
  type: 'text',
  source: 'projected',
  sortable: true,
  facet: false,
  priority: 1,
  ...part,
});

const DEFINITION: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: ['status.phase', 'status.version'],
  columns: [column('phase', { facet: true, searched: true }), column('version', { type: 'number' })],
  sort: { column: 'name', descending: false },
  project: ({ fields }) => [textAt(fields, 'status', 'phase') || null, numberAt(fields, 'status', 'version')],
  stateOf: () => ({ level: 'unknown', words: 'not known' }),
};

function questionOf(luck: Luck): QuerySpec {
  return querySpec({
    cluster: 'c',
    kinds: ['pods'],
    namespaces: luck.below(3) === 0 ? [luck.pick(NAMESPACES)] : [],
    text: luck.below(4) === 0 ? luck.pick(['web', '1', 'run']) : '',
    facets: luck.below(4) === 0 ? { phase: [luck.pick(PHASES)] } : {},
    sort: luck.pick([
      null,
      { column: 'phase', descending: true },
      { column: 'version', descending: luck.below(2) === 0 },
      { column: 'namespace', descending: false },
    ]),
    window: { offset: luck.below(4), limit: 1 + luck.below(8) },
  });
}

/** The rows a question should show of these objects, worked out the plain way. */
export function expectedRows(objects: Iterable<FakeObject>, spec: QuerySpec): (readonly [string, number])[] {
  const rows = [...objects].map((object) => ({
    name: textAt(object, 'metadata', 'name'),
    namespace: textAt(object, 'metadata', 'namespace'),
    uid: textAt(object, 'metadata', 'uid'),
    phase: textAt(object, 'status', 'phase'),
    version: numberAt(object, 'status', 'version') ?? 0,
  }));
  const wanted = spec.facets.phase ?? [];
  const matched = rows.filter(
    (row) =>
      (spec.namespaces.length === 0 || spec.namespaces.includes(row.namespace)) &&
      (wanted.length === 0 || wanted.includes(row.phase)) &&
      [row.name, row.namespace, row.phase].some((text) => text.toLowerCase().includes(spec.text)),
  );
  const { column: by, descending } = spec.sort ?? DEFINITION.sort;
  const sign = descending ? -1 : 1;
  const order = (a: (typeof rows)[number], b: (typeof rows)[number]) => {
    const first = by === 'version' ? a.version - b.version : compareNatural(keyOf(a, by), keyOf(b, by));
    return (
      first * sign ||
      compareNatural(a.namespace, b.namespace) ||
      compareNatural(a.name, b.name) ||
      compareNatural(a.uid, b.uid)
    );
  };
  const offset = Math.min(spec.window.offset, Math.max(0, matched.length - spec.window.limit));
  return matched
    .sort(order)
    .slice(offset, offset + spec.window.limit)
    .map((row) => [row.uid, row.version]);
}

const keyOf = (row: { name: string; namespace: string; phase: string }, by: string): string =>
  by === 'phase' ? row.phase.toLowerCase() : by === 'namespace' ? row.namespace : row.name;

class Run {
  readonly #luck: Luck;
  readonly #clock: FakeClock = createFakeClock();
  readonly #server: FakeServer = createFakeServer();
  readonly #probes: Probe[];
  readonly #story: string[] = [];
  #informers: InformerFactory;
  #hub: Hub;
  #made = 0;
  /** Since when each tab shows something else while it says it is up to date; null: it does not. */
  readonly #wrongSinceMs = new Map<Probe, number>();
  #unmarkedMs = 0;
  /** Nothing tells of such a fault but silence. */
  #silentUntilMs = 0;

  constructor(seed: number) {
    this.#luck = luckOf(seed);
    for (let count = 0; count < 6; count++) this.#put();
    [this.#informers, this.#hub] = this.#start();
    this.#probes = Array.from({ length: 1 + this.#luck.below(3) }, () => new Probe(questionOf(this.#luck)));
    for (const probe of this.#probes) probe.connect(this.#hub);
  }

  async play(seed: number): Promise<Findings> {
    for (let step = 0; step < STEPS; step++) {
      this.#do(this.#luck.below(24));
      await this.#pass(this.#luck.pick([0, 10, 100, 300, 1_000, 4_000, 20_000]));
    }
    await this.#end();
    const wrongRows = this.#probes.reduce((sum, probe) => sum + this.#differences(probe), 0);
    const wentBack = this.#probes.reduce((sum, probe) => sum + probe.wentBack, 0);
    this.#hub.close();
    this.#informers.stop();
    return { seed, wrongRows, wentBack, unmarkedMs: this.#unmarkedMs, story: this.#story };
  }

  #start(): [InformerFactory, Hub] {
    const log = { info: () => {}, warn: () => {} };
    const clock = this.#clock;
    const informers = createInformerFactory({
      clock,
      random: () => this.#luck.next(),
      listWatch: (_, namespace) => this.#server.listWatch(namespace),
      definitionOf: () => DEFINITION,
      scopeOf: async () => ({ kind: 'cluster' }),
      log,
    });
    const cluster = { ...createFakeCluster('c', () => DEFINITION, [PODS]), informers };
    const clusters = new Map([['c', { identity: cluster.identity, cluster }]]);
    return [
      informers,
      createHub({ clusters, clock, log, instance: String(this.#made), self: createFakeSelfView() }),
    ];
  }

  #put(): void {
    const name = this.#luck.pick(NAMES);
    const namespace = this.#luck.pick(NAMESPACES);
    const status = { phase: this.#luck.pick(PHASES), version: ++this.#made };
    this.#server.put({ name, namespace, uid: `${namespace}-${name}`, status });
  }

  #remove(): void {
    const uids = [...this.#server.objects.keys()];
    // A uid never comes back: the next object of this name is another one.
    if (uids.length > 0) this.#server.remove(this.#luck.pick(uids));
  }

  #do(what: number): void {
    const server = this.#server;
    const silently = (act: () => void) => {
      this.#silentUntilMs = this.#clock.nowMs() + 10 * SILENT_MARKED_MS;
      act();
    };
    const acts: [string, () => void][] = [
      ['bookmark', () => server.bookmark()],
      ['compact', () => server.compact()],
      ['watches end', () => server.endWatches('clean')],
      ['watches end with 410', () => server.endWatches(apiFailure(410, 'Expired'))],
      ['watches break', () => server.endWatches(apiFailure(0, 'Unreachable'))],
      ['watches fall silent', () => silently(() => server.endWatches('silent'))],
      ['garbage in the watch', () => server.sendRaw('{"type":"ADD\n')],
      ['lists answer 500', () => server.fail('list', apiFailure(500, 'InternalError'))],
      [
        'watches answer 429',
        () => server.fail('watch', apiFailure(429, 'TooManyRequests', { retryAfterSeconds: 3 })),
      ],
      ['requests are answered again', () => this.#heal()],
      ['lists hang', () => silently(() => server.hang('list', true))],
      ['watches hang', () => silently(() => server.hang('watch', true))],
      ['what hangs is never answered', () => silently(() => server.forgetHanging('watch'))],
      ['the server repeats itself', () => server.repeat(this.#luck.below(6))],
      ['a tab reads slowly', () => this.#luck.pick(this.#probes).clog(1e9, this.#clock.nowMs())],
      ['a tab reads again', () => this.#luck.pick(this.#probes).clog(0, this.#clock.nowMs())],
      ['a tab loses its socket', () => this.#reconnect(this.#luck.pick(this.#probes))],
      ['the console restarts', () => this.#restart()],
    ];
    const act = acts[what];
    if (act === undefined) {
      const changes = 1 + this.#luck.below(6);
      for (let count = 0; count < changes; count++) {
        if (this.#luck.below(4) === 0) this.#remove();
        else this.#put();
      }
      this.#story.push(`${this.#clock.nowMs()} ${changes} changes`);
      return;
    }
    this.#story.push(`${this.#clock.nowMs()} ${act[0]}`);
    act[1]();
  }

  #heal(): void {
    for (const what of ['list', 'watch'] as const) {
      this.#server.fail(what, null);
      this.#server.hang(what, false);
    }
  }

  #reconnect(probe: Probe): void {
    probe.disconnect();
    probe.connect(this.#hub);
  }

  #restart(): void {
    for (const probe of this.#probes) probe.disconnect();
    this.#hub.close();
    this.#informers.stop();
    [this.#informers, this.#hub] = this.#start();
    for (const probe of this.#probes) probe.connect(this.#hub);
  }

  /** Time goes by in small pieces, so that how long something was wrong is known well. */
  async #pass(ms: number): Promise<void> {
    const untilMs = this.#clock.nowMs() + ms;
    do {
      await this.#clock.advance(Math.min(500, untilMs - this.#clock.nowMs()));
      this.#look();
    } while (this.#clock.nowMs() < untilMs);
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    for (const probe of this.#probes) {
      probe.read();
      // The page dials again by itself when the server closes its socket.
      if (!probe.isConnected) probe.connect(this.#hub);
      if (!probe.shown(nowMs).isFresh || this.#differences(probe) === 0) {
        this.#wrongSinceMs.delete(probe);
        continue;
      }
      const sinceMs = this.#wrongSinceMs.get(probe) ?? nowMs;
      this.#wrongSinceMs.set(probe, sinceMs);
      const promiseMs = sinceMs <= this.#silentUntilMs ? SILENT_MARKED_MS : MARKED_MS;
      this.#unmarkedMs = Math.max(this.#unmarkedMs, nowMs - sinceMs - promiseMs);
    }
  }

  #differences(probe: Probe): number {
    const { rows } = probe.shown(this.#clock.nowMs());
    const expected = expectedRows(this.#server.objects.values(), probe.spec);
    const length = Math.max(rows.length, expected.length);
    let wrong = 0;
    for (let at = 0; at < length; at++) {
      if (rows[at]?.[0] !== expected[at]?.[0] || rows[at]?.[1] !== expected[at]?.[1]) wrong++;
    }
    return wrong;
  }

  /** All faults end; back-offs, silence and what hung get the time they are promised. */
  async #end(): Promise<void> {
    this.#heal();
    for (const probe of this.#probes) probe.clog(0, this.#clock.nowMs());
    for (let minute = 0; minute < 3; minute++) {
      await this.#pass(29_000);
      this.#server.endWatches('clean');
    }
    await this.#pass(5_000);
  }
}

/** One seeded run of random changes and faults, from the API server's bytes to what a tab shows. */
export function runInProcess(seed: number): Promise<Findings> {
  return new Run(seed).play(seed);
}

export const isGood = ({ wrongRows, wentBack, unmarkedMs }: Findings): boolean =>
  wrongRows === 0 && wentBack === 0 && unmarkedMs <= 0;
