import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { jsonCodec } from './json-codec.ts';

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const codec = jsonCodec({
  wanted: ['spec.nodeName', 'status.containerStatuses.state', 'status.phase', 'data'],
});

describe('a page of JSON', () => {
  it('keeps metadata and the wanted fields, and drops the rest', async () => {
    const page = await codec.decodePage(
      bytes({
        kind: 'PodList',
        metadata: { resourceVersion: '42', continue: 'next', remainingItemCount: 7 },
        items: [
          {
            metadata: {
              name: 'cart',
              namespace: 'shop',
              uid: 'u1',
              resourceVersion: '41',
              creationTimestamp: '2026-11-22T09:00:00Z',
              labels: { app: 'cart', odd: 5 },
              managedFields: [
                { manager: 'kubectl', time: '2026-11-22T08:00:00Z' },
                { manager: 'kubelet', time: '2026-11-22T09:30:00Z', fieldsV1: { 'f:status': {} } },
              ],
            },
            spec: { nodeName: 'n1', containers: [{ image: 'secret' }] },
            status: {
              phase: 'Running',
              containerStatuses: [{ state: { running: {} }, name: 'a' }, 'odd', { name: 'b' }],
            },
          },
        ],
      }),
    );
    expect(page).toMatchObject({ resourceVersion: '42', continue: 'next', remaining: 7, malformed: 0 });
    const [item] = page.items;
    expect(item?.metadata).toMatchObject({
      name: 'cart',
      labels: { app: 'cart' },
      createdMs: Date.UTC(2026, 10, 22, 9),
      deletedMs: 0,
      lastChange: { manager: 'kubelet', atMs: Date.UTC(2026, 10, 22, 9, 30) },
    });
    expect(JSON.stringify(item?.fields)).toBe(
      JSON.stringify({
        spec: { nodeName: 'n1' },
        status: { containerStatuses: [{ state: { running: {} } }, 'odd', {}], phase: 'Running' },
      }),
    );
  });

  it('makes keys like __proto__ harmless', async () => {
    const page = await codec.decodePage(
      bytes(
        '{"metadata":{},"items":[{"metadata":{"name":"x","labels":{"__proto__":"p","constructor":"c"}},' +
          '"__proto__":{"polluted":1},"data":{"__proto__":{"polluted":1},"toString":"t"}}]}',
      ),
    );
    const [item] = page.items;
    expect(Object.getPrototypeOf(item?.metadata.labels)).toBeNull();
    expect(Object.keys(item?.metadata.labels ?? {})).toEqual(['__proto__', 'constructor']);
    const data = item?.fields.data as Record<string, unknown>;
    expect(Object.getPrototypeOf(item?.fields)).toBeNull();
    expect(Object.getPrototypeOf(data)).toBeNull();
    expect(Object.keys(data)).toEqual(['__proto__', 'toString']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('skips malformed items and counts them; an empty list may be null', async () => {
    const items = [
      null,
      5,
      'x',
      [],
      {},
      { metadata: 'x' },
      { metadata: { name: '' } },
      { metadata: { name: 'ok' } },
    ];
    const page = await codec.decodePage(bytes({ metadata: { resourceVersion: 7 }, items }));
    expect(page).toMatchObject({ malformed: 7, resourceVersion: '', continue: '', remaining: 0 });
    expect(page.items.map((item) => item.metadata.name)).toEqual(['ok']);
    expect((await codec.decodePage(bytes({ metadata: {}, items: null }))).items).toEqual([]);
  });

  it.each(['', '<html>', '[]', 'null', '{"kind":"Status"}', '{"items":{}}'])('refuses %s', async (text) => {
    await expect(codec.decodePage(bytes(text))).rejects.toThrow(ApiException);
  });

  it('gives others a turn between slices', async () => {
    let turns = 0;
    const items = Array.from({ length: 101 }, (_, at) => ({ metadata: { name: `x${at}` } }));
    await codec.decodePage(bytes({ metadata: {}, items }), () => {
      turns++;
      return undefined;
    });
    expect(turns).toBe(4);
  });

  it('never throws for items of any shape, and always keeps its types', async () => {
    const key = fc.constantFrom(
      'metadata',
      'name',
      'namespace',
      'uid',
      'labels',
      'ownerReferences',
      'spec',
      'status',
      'containerStatuses',
      'state',
      'data',
      'managedFields',
      'time',
      '__proto__',
      'constructor',
      'finalizers',
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, true, 0, -1, 1e300, '', 'x', '2026-11-22T09:00:00Z'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const item = fc.record({ metadata: fc.dictionary(key, value), spec: value, status: value, data: value });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(item, value), { maxLength: 3 }), async (items) => {
        const page = await codec.decodePage(bytes({ metadata: {}, items }));
        expect(page.items.length + page.malformed).toBe(items.length);
        for (const { metadata, fields } of page.items) {
          expect(metadata.name).not.toBe('');
          expect(metadata.uid).not.toBe('');
          expect(typeof metadata.namespace).toBe('string');
          expect(Object.values(metadata.labels).every((label) => typeof label === 'string')).toBe(true);
          expect(metadata.finalizers.every((name) => typeof name === 'string')).toBe(true);
          expect(Object.keys(fields).every((name) => ['spec', 'status', 'data'].includes(name))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('cuts nesting without an end', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const text = `{"metadata":{},"items":[{"metadata":{"name":"x"},"data":${deep},"spec":${deep}}]}`;
    expect((await codec.decodePage(bytes(text))).items).toHaveLength(1);
  });
});

describe('the head of a page', () => {
  it.each([
    [
      '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1","continue":"abc"},"items":[',
      'abc',
    ],
    ['{"metadata":{"resourceVersion":"1"},"items":[', ''],
    ['{"items":[{"metadata":{"continue":"no"}}],"metadata":{"continue":"yes"}}', null],
    ['{"x":{"metadata":{"continue":"no"}},"metadata":{"continue":"yes"}}', null],
    ['{"metadata":{"a":{}},"items":[]}', null],
    ['', null],
  ])('%s names %s', (text, token) => {
    expect(codec.peekContinue(bytes(text))).toBe(token);
  });
});

describe('a watch of JSON', () => {
  const lines = [
    { type: 'ADDED', object: { metadata: { name: 'é', uid: 'u', resourceVersion: '5' }, data: { k: 'ü' } } },
    { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } },
    { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } },
  ];
  const all = bytes(`${lines.map((line) => JSON.stringify(line)).join('\n\r\n')}\n`);

  it('gives the same events however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(all.length)), (cuts) => {
        const decoder = codec.watchDecoder();
        const ends = [...cuts, all.length].sort((a, b) => a - b);
        const events = ends.flatMap((end, at) => decoder.push(all.slice(at === 0 ? 0 : ends[at - 1], end)));
        expect(events).toMatchObject([
          { type: 'ADDED', object: { metadata: { name: 'é' }, fields: { data: { k: 'ü' } } } },
          { type: 'BOOKMARK', resourceVersion: '9' },
          { type: 'ERROR', error: { code: 410, reason: 'Expired', message: 'too old' } },
        ]);
      }),
    );
  });

  it('counts what is no event and refuses what is no watch', () => {
    const decoder = codec.watchDecoder();
    expect(decoder.push(bytes('{"type":"ODD","object":{}}\n{"type":"ADDED","object":{}}\n{}\n'))).toEqual([]);
    expect(decoder.malformed).toBe(3);
    expect(() => decoder.push(bytes('<html>\n'))).toThrow(ApiException);
    expect(() => codec.watchDecoder().push(bytes('[]\n'))).toThrow(ApiException);
  });
});
