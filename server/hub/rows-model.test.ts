import fc from 'fast-check';
import { expect, it } from 'vitest';
import { silentLog } from '#lib/k8s/client/log.ts';
import { applyFrame, type TableState, WAITING_TABLE } from '#lib/protocol/apply-frame.ts';
import type { ResourceDefinition } from '#lib/resources/definition.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { textAt } from '#lib/resources/read.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeCluster, fakeType } from '#test/fixtures/fake-cluster.ts';
import { createFakeHubSocket } from '#test/fixtures/fake-hub-socket.ts';
import { createFakeSelfView } from '#test/fixtures/fake-self-view.ts';
import { createHub } from './hub.ts';

/**
 * A browser over the hub, beside the plainest model of what it should see: all objects, filtered, sorted by name, cut
 * to the window. Frames get lost at random and the reader is slow at random; after every quiet tick both must agree.
 */
const definition: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: [],
  columns: [
    { id: 'v', label: 'V', type: 'text', source: 'projected', sortable: true, facet: true, priority: 1 },
  ],
  sort: { column: 'name', descending: false },
  project: ({ fields }) => [textAt(fields, 'v')],
  stateOf: () => ({ level: 'ok', words: 'Fine' }),
};

type Step =
  | { readonly do: 'put'; readonly name: number; readonly life: number; readonly v: number }
  | { readonly do: 'remove'; readonly name: number }
  | { readonly do: 'ask'; readonly offset: number; readonly limit: number; readonly facet: number | null }
  | { readonly do: 'lose' | 'slow' | 'quick' | 'tick' | 'newStore' };

const is = <D extends string>(what: D) => fc.constant(what);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: is('put'), name: fc.nat(9), life: fc.nat(1), v: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: is('remove'), name: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: is('ask'),
      offset: fc.nat(3),
      limit: fc.nat(12),
      facet: fc.option(fc.nat(2)),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: is('tick') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'slow' as const, 'quick' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('newStore') }) },
);

class Bench {
  readonly clock = createFakeClock();
  readonly #cluster = createFakeCluster('c', () => definition, [fakeType('pods', 'Pod')]);
  readonly #pods = this.#cluster.script.informer('pods');
  readonly #socket = createFakeHubSocket();
  readonly #objects = new Map<string, { uid: string; v: string }>();
  #spec = querySpec({ cluster: 'c', kinds: ['pods'], window: { offset: 0, limit: 9 } });
  #table: TableState = WAITING_TABLE;
  #isLosing = false;

  constructor() {
    const clusters = new Map([['c', { identity: this.#cluster.identity, cluster: this.#cluster }]]);
    createHub({
      clusters,
      clock: this.clock,
      instance: 'i',
      log: silentLog,
      self: createFakeSelfView(),
    }).connect(this.#socket);
    this.#socket.hear({ t: 'subscribe', id: 1, what: 'rows', spec: this.#spec });
  }

  async take(next: Step): Promise<void> {
    if (next.do === 'put') this.#put(`n${next.name}`, `n${next.name}-${next.life}`, `v${next.v}`);
    else if (next.do === 'remove') this.#remove(`n${next.name}`);
    else if (next.do === 'ask') this.#ask(next);
    else if (next.do === 'newStore') this.#newStore();
    else if (next.do === 'lose') this.#isLosing = true;
    else if (next.do === 'slow') this.#socket.buffered = 1_000_000;
    else if (next.do === 'quick') this.#socket.buffered = 0;
    else await this.#tick();
  }

  /** Everything that waits arrives; a change afterwards lets a client that missed one notice it. */
  async settle(): Promise<void> {
    this.#socket.buffered = 0;
    await this.#tick();
    this.#pods.connect({ state: 'stale', sinceMs: 1, retryMs: this.clock.nowMs() });
    await this.#tick();
    await this.#tick();
  }

  agree(): void {
    const { facets, window } = this.#spec;
    const wanted = facets.v;
    const matched = [...this.#objects]
      .filter(([, object]) => wanted === undefined || wanted.includes(object.v))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const offset = Math.min(window.offset, Math.max(0, matched.length - window.limit));
    const seen = this.#table.rows.map((row) => [row.name, row.uid, row.cells[0]]);
    expect(this.#table.isWaiting).toBe(false);
    expect(this.#table.counts).toMatchObject({ total: this.#objects.size, matched: matched.length });
    if (window.offset < matched.length) {
      const from = this.#table.offset;
      expect(from).toBeLessThanOrEqual(window.offset);
      expect(from).toBeGreaterThanOrEqual(offset);
      const rows = matched.slice(from, from + window.limit);
      expect(seen).toEqual(rows.map(([name, object]) => [name, object.uid, object.v]));
    }
  }

  async #tick(): Promise<void> {
    await this.clock.advance(250);
    for (const frame of this.#socket.news('rows')) {
      if (this.#isLosing && !frame.full) {
        this.#isLosing = false;
        continue;
      }
      const { state, resync } = applyFrame(this.#table, frame);
      this.#table = state;
      if (resync) this.#socket.hear({ t: 'resync', id: 1 });
    }
  }

  #put(name: string, uid: string, v: string): void {
    const before = this.#objects.get(name);
    if (before !== undefined && before.uid !== uid) this.#pods.remove(before.uid);
    this.#objects.set(name, { uid, v });
    this.#pods.put({ metadata: { name, uid, namespace: '' }, v });
  }

  #remove(name: string): void {
    const before = this.#objects.get(name);
    if (before !== undefined) this.#pods.remove(before.uid);
    this.#objects.delete(name);
  }

  #ask({ offset, limit, facet }: Extract<Step, { do: 'ask' }>): void {
    const facets: Record<string, string[]> = facet === null ? {} : { v: [`v${facet}`] };
    this.#spec = { ...this.#spec, window: { offset, limit }, facets };
    this.#socket.hear({ t: 'update', id: 1, spec: this.#spec });
  }

  #newStore(): void {
    this.#pods.replaceStore(definition);
    this.#pods.put(
      ...[...this.#objects].map(([name, { uid, v }]) => ({ metadata: { name, uid, namespace: '' }, v })),
    );
  }
}

it('shows what a fresh look would show, whatever was lost or late', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const bench = new Bench();
      for (const next of steps) await bench.take(next);
      await bench.settle();
      bench.agree();
    }),
    { seed: 20_260_102, numRuns: 150 },
  );
});
