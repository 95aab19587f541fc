import { describe, expect, it } from 'vitest';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { apiFailure, createFakeServer, PODS } from '#test/fixtures/fake-list-watch.ts';
import { createObjectInformerFactory } from './object-informer-factory.ts';

function rig(type: ResourceType = PODS) {
  const clock = createFakeClock();
  const server = createFakeServer(type);
  const factory = createObjectInformerFactory({
    clock,
    random: () => 1,
    listWatch: (_, namespace) => server.listWatch(namespace),
    log: { info: () => {}, warn: () => {} },
  });
  return { clock, server, factory };
}

describe('an object informer', () => {
  it('follows the whole object, shared by its viewers', async () => {
    const { clock, server, factory } = rig();
    server.put({ name: 'cart', spec: { nodeName: 'n1' }, metadata: { managedFields: [{ manager: 'x' }] } });
    server.put({ name: 'other' });
    const { informer, release } = factory.acquire(PODS, 'default', 'cart');
    const second = factory.acquire(PODS, 'default', 'cart');
    expect(second.informer).toBe(informer);
    expect(informer.object).toBeNull();
    await clock.settle();
    expect(informer.connection.state).toBe('live');
    expect(informer.object).toMatchObject({ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'n1' } });
    expect(JSON.stringify(informer.object)).not.toContain('managedFields');
    let changes = 0;
    informer.onChange(() => changes++);
    server.put({ name: 'cart', spec: { nodeName: 'n2' } });
    await clock.settle();
    expect(informer.object).toMatchObject({ spec: { nodeName: 'n2' } });
    expect(changes).toBeGreaterThan(0);
    release();
    second.release();
    await clock.advance(30_000);
    expect(server.openWatches).toBe(0);
  });

  it('says gone when the object is deleted, keeps it, and takes a successor of the same name', async () => {
    const { clock, server, factory } = rig();
    server.put({ name: 'cart', uid: 'one' });
    const { informer } = factory.acquire(PODS, 'default', 'cart');
    await clock.settle();
    server.remove('one');
    await clock.settle();
    expect(informer.connection).toEqual({ state: 'gone', atMs: 0 });
    expect(informer.object).toMatchObject({ metadata: { uid: 'one' } });
    server.put({ name: 'cart', uid: 'two' });
    await clock.settle();
    expect(informer.connection.state).toBe('live');
    expect(informer.object).toMatchObject({ metadata: { uid: 'two' } });
  });

  it('asks for a name that holds what separates selectors', async () => {
    const { clock, server, factory } = rig();
    server.put({ name: 'team=a,ops' });
    const { informer } = factory.acquire(PODS, 'default', 'team=a,ops');
    await clock.settle();
    expect(informer.connection.state).toBe('live');
  });

  it('says gone when it was never there', async () => {
    const { clock, factory } = rig();
    const { informer } = factory.acquire(PODS, 'default', 'nobody');
    await clock.settle();
    expect(informer.connection.state).toBe('gone');
    expect(informer.object).toBeNull();
  });

  it('notices a deletion that happened while the connection was lost', async () => {
    const { clock, server, factory } = rig();
    server.put({ name: 'cart', uid: 'one' });
    const { informer } = factory.acquire(PODS, 'default', 'cart');
    await clock.advance(6_000);
    server.endWatches(apiFailure(0, 'Unreachable'));
    server.remove('one');
    server.compact();
    await clock.settle();
    expect(informer.connection.state).toBe('stale');
    await clock.advance(800);
    expect(informer.connection.state).toBe('gone');
  });

  it('forgets the object when the right to read it is lost', async () => {
    const { clock, server, factory } = rig();
    server.fail('list', apiFailure(403, 'Forbidden'));
    const { informer } = factory.acquire(PODS, 'default', 'cart');
    await clock.settle();
    expect(informer).toMatchObject({ object: null, connection: { state: 'forbidden' } });
  });

  it('reads a kind without watch every 10 s', async () => {
    const type = { ...PODS, verbs: ['get', 'list'] };
    const { clock, server, factory } = rig(type);
    server.put({ name: 'cart', spec: 1 });
    const { informer } = factory.acquire(type, 'default', 'cart');
    await clock.settle();
    server.put({ name: 'cart', spec: 2 });
    await clock.advance(10_000);
    expect(informer.object).toMatchObject({ spec: 2 });
    expect(informer.connection).toEqual({ state: 'live', confirmedMs: 10_000, sampledSeconds: 10 });
  });

  it('masks the values of a Secret, wherever they stand', async () => {
    const type = { ...PODS, resource: 'secrets', kind: 'Secret' };
    const { clock, server, factory } = rig(type);
    server.put({
      name: 'login',
      data: { password: 'aHVudGVyMg==', odd: { nested: 'hunter2' }, ['__proto__']: 'aHVudGVyMg==' },
      stringData: { plain: 'hunter2' },
      metadata: {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2', note: 'kept' },
      },
    });
    const { informer } = factory.acquire(type, 'default', 'login');
    await clock.settle();
    const text = JSON.stringify(informer.object);
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('aHVudGVyMg');
    expect(informer.object).toMatchObject({
      data: { password: '•••••• (7 bytes)', odd: '••••••' },
      stringData: { plain: '•••••• (7 bytes)' },
      metadata: { annotations: { note: 'kept' } },
    });
  });

  it('cuts an object that is too long, saying so', async () => {
    const { clock, server, factory } = rig();
    server.put({ name: 'cart', spec: { blob: 'x'.repeat(3 * 1024 * 1024) } });
    const { informer } = factory.acquire(PODS, 'default', 'cart');
    await clock.settle();
    expect(informer.object).toMatchObject({
      metadata: { name: 'cart' },
      spec: 'Left out: the object is 3.0 MB, more than the console shows (2 MB).',
    });
  });
});
