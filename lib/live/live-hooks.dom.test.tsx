// @vitest-environment jsdom
import { act, cleanup, render, renderHook } from '@testing-library/react';
import { type ReactNode, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RowsFrame } from '#lib/protocol/frames.ts';
import { type QuerySpec, querySpec } from '#lib/resources/query-spec.ts';
import { createFakeClock, type FakeClock } from '#test/fixtures/fake-clock.ts';
import { createFakeTransport, type FakeTransport } from '#test/fixtures/fake-transport.ts';
import { createLiveClient } from './client/create-live-client.ts';
import type { LiveClient } from './live-client.ts';
import { LiveProvider } from './live-provider.tsx';
import { QueriesProvider } from './queries-provider.tsx';
import { useAccess } from './use-access.ts';
import { useClusterNow } from './use-cluster-now.ts';
import { useFreshness, useFreshTone } from './use-freshness.ts';
import { useLiveCluster } from './use-live-cluster.ts';
import { useLiveObject } from './use-live-object.ts';
import { useLiveRows } from './use-live-rows.ts';
import { useClusters } from './use-socket.ts';
import { useDeleteObject } from './use-write.ts';

let clock: FakeClock;
let net: FakeTransport;
let client: LiveClient;

beforeEach(() => {
  clock = createFakeClock(1_000);
  net = createFakeTransport();
  client = createLiveClient({
    url: () => 'ws://console',
    transport: net.dial,
    hasSession: async () => true,
    clock,
    random: () => 1,
    onWake: () => {},
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const nowTicker = { get: () => 1_000, subscribe: () => () => {} };
function wrapper({ children }: { children: ReactNode }) {
  return (
    <StrictMode>
      <LiveProvider client={client} ticker={nowTicker}>
        <QueriesProvider>{children}</QueriesProvider>
      </LiveProvider>
    </StrictMode>
  );
}

const pods = querySpec({ cluster: 'shop', kinds: ['pods'] });
const fullFrame = (id: number, cell: string): RowsFrame => ({
  t: 'rows',
  id,
  seq: 0,
  full: true,
  nowMs: 1_000,
  connection: { state: 'live', confirmedMs: 1_000 },
  columns: [],
  sort: { column: 'name', descending: false },
  order: [1],
  rows: [[1, 'u', 'ns', 'n', cell]],
  offset: 0,
  counts: { total: 1, matched: 1, facets: {} },
});
const openIds = () => {
  const open = new Set<number>();
  for (const message of net.wire.sent) {
    if (message.t === 'subscribe') open.add(message.id);
    if (message.t === 'unsubscribe') open.delete(message.id);
  }
  return [...open];
};
const hello = () => act(() => net.wire.hello());

describe('useLiveRows', () => {
  it('holds one subscription, whatever re-renders, and lets it go', () => {
    const hook = renderHook(({ spec }) => useLiveRows(spec), { wrapper, initialProps: { spec: pods } });
    hello();
    const [id = 0] = openIds();
    act(() => net.wire.say(fullFrame(id, 'a')));
    const before = hook.result.current;
    expect(before.rows[0]?.cells).toEqual(['a']);
    hook.rerender({ spec: { ...pods } });
    expect(hook.result.current).toBe(before);
    expect(openIds()).toEqual([id]);
    hook.unmount();
    expect(openIds()).toEqual([]);
  });

  it('updates for another filter and subscribes anew for another kind', () => {
    const hook = renderHook(({ spec }) => useLiveRows(spec), { wrapper, initialProps: { spec: pods } });
    hello();
    const [id = 0] = openIds();
    act(() => net.wire.say(fullFrame(id, 'a')));
    hook.rerender({ spec: { ...pods, text: 'cart' } });
    expect(net.wire.sent.at(-1)).toMatchObject({ t: 'update', id, spec: { text: 'cart' } });
    expect(hook.result.current.rows).toHaveLength(1);
    hook.rerender({ spec: { ...pods, kinds: ['nodes'] } });
    expect(hook.result.current.rows).toEqual([]);
    expect(openIds()).toHaveLength(1);
    expect(openIds()).not.toContain(id);
    expect(net.wire.sent.filter((m) => m.t === 'subscribe').at(-1)).toMatchObject({
      spec: { kinds: ['nodes'], text: '' },
    });
  });

  it('asks for nothing without a spec', () => {
    const hook = renderHook(() => useLiveRows(null), { wrapper });
    expect(hook.result.current).toMatchObject({ rows: [], columns: null });
    expect(net.dialled).toHaveLength(0);
  });

  it('retries', () => {
    const hook = renderHook(() => useLiveRows(pods), { wrapper });
    hello();
    act(() => hook.result.current.retry());
    expect(net.wire.sent.at(-1)?.t).toBe('retry');
  });

  it('renders on the server without dialling', () => {
    function View({ spec }: { spec: QuerySpec }) {
      const table = useLiveRows(spec);
      const now = useClusterNow('shop');
      return <p>{`${table.rows.length} ${now} ${useFreshness('shop', table).words}`}</p>;
    }
    const html = renderToString(
      <LiveProvider>
        <View spec={pods} />
      </LiveProvider>,
    );
    expect(html).toBe('<p>0 0 Not known</p>');
    expect(net.dialled).toHaveLength(0);
  });
});

describe('the other subscriptions', () => {
  it('share a cluster between callers', () => {
    function Twice() {
      const one = useLiveCluster('shop');
      const two = useLiveCluster('shop');
      return <p>{`${one.version} ${two.version} ${useClusters()?.length}`}</p>;
    }
    const view = render(<Twice />, { wrapper });
    hello();
    const ids = openIds();
    expect(ids).toHaveLength(1);
    const connection = { state: 'live', confirmedMs: 0 } as const;
    act(() =>
      net.wire.say({ t: 'cluster', id: ids[0] ?? 0, seq: 0, nowMs: 0, connection, types: [], version: 'v1' }),
    );
    expect(view.container.textContent).toBe('v1 v1 1');
  });

  it('follow an object by its name', () => {
    const ref = (name: string) => ({ cluster: 'shop', resource: 'pods', namespace: 'a', name });
    const hook = renderHook(({ name }) => useLiveObject(ref(name)), { wrapper, initialProps: { name: 'x' } });
    hello();
    const before = openIds();
    hook.rerender({ name: 'x' });
    expect(openIds()).toEqual(before);
    hook.rerender({ name: 'y' });
    expect(openIds()).toHaveLength(1);
    expect(net.wire.sent.at(-1)).toMatchObject({ what: 'object', ref: { name: 'y' } });
  });
});

describe('clocks', () => {
  it("tell the cluster's time and how fresh it is", () => {
    const hook = renderHook(() => [useClusterNow('shop'), useFreshness('shop').words], { wrapper });
    hello();
    const clusterTimeMs = Date.UTC(2026, 0, 1);
    act(() =>
      net.wire.say({
        t: 'heartbeat',
        cluster: 'shop',
        nowMs: 9,
        clusterTimeMs,
        confirmedMs: 9,
        latencyMs: 1,
      }),
    );
    expect(hook.result.current).toEqual([clusterTimeMs, 'Live · 0 s']);
  });
});

describe('useFreshTone', () => {
  it('renders when the tone changes, not with every heartbeat', () => {
    let renders = 0;
    const hook = renderHook(
      () => {
        renders += 1;
        return useFreshTone('shop');
      },
      { wrapper },
    );
    hello();
    const beat = (confirmedMs: number) =>
      act(() =>
        net.wire.say({
          t: 'heartbeat',
          cluster: 'shop',
          nowMs: 9_000,
          clusterTimeMs: null,
          confirmedMs,
          latencyMs: 1,
        }),
      );
    expect(hook.result.current).toBe('none');
    beat(9_000);
    expect(hook.result.current).toBe('fresh');
    const before = renders;
    beat(8_999);
    beat(8_998);
    expect(renders).toBe(before);
    beat(1_000);
    expect(hook.result.current).toBe('stale');
  });
});

describe('useDeleteObject and useAccess', () => {
  const right = { verb: 'delete', group: '', resource: 'pods', namespace: 'a' };
  const answer = (status: number, body: unknown) => Response.json(body, { status });

  it('deletes with the uid as precondition', async () => {
    const fetched = vi.fn(async (_url: string, _init: RequestInit) =>
      answer(200, { outcome: 'done', uid: 'u', resourceVersion: '7', warnings: [] }),
    );
    vi.stubGlobal('fetch', fetched);
    const hook = renderHook(() => useDeleteObject(), { wrapper });
    const type = { group: '', version: 'v1', resource: 'pods' };
    const request = { cluster: 'shop', type, namespace: 'a', name: 'b', uid: 'u' };
    const result = await act(() => hook.result.current.mutateAsync(request));
    expect(result).toEqual({ outcome: 'done', uid: 'u', resourceVersion: '7', warnings: [] });
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('/api/clusters/shop/api/v1/namespaces/a/pods/b');
    expect(init?.method).toBe('DELETE');
    expect(JSON.parse(String(init?.body))).toMatchObject({
      kind: 'DeleteOptions',
      preconditions: { uid: 'u' },
    });
  });

  it('takes a question that cannot be answered for a no, with the reason', async () => {
    vi.stubGlobal('fetch', async () => answer(403, { reason: 'Forbidden', message: 'not yours' }));
    const hook = renderHook(() => useAccess('shop', right), { wrapper });
    expect(hook.result.current).toEqual({ allowed: null, reason: '' });
    await vi.waitFor(() => expect(hook.result.current).toEqual({ allowed: false, reason: 'not yours' }));
  });

  it('passes on what the API server says', async () => {
    const fetched = vi.fn(async (_url: string) => answer(200, { allowed: true, reason: 'bound' }));
    vi.stubGlobal('fetch', fetched);
    const hook = renderHook(() => useAccess('shop', right), { wrapper });
    await vi.waitFor(() => expect(hook.result.current).toEqual({ allowed: true, reason: 'bound' }));
    expect(fetched.mock.calls[0]?.[0]).toBe(
      '/api/clusters/shop/access?verb=delete&group=&resource=pods&namespace=a',
    );
  });
});
