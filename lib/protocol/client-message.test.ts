import { describe, expect, it } from 'vitest';
import { querySpec } from '#lib/resources/query-spec.ts';
import { parseClientMessage } from './client-message.ts';
import type { ClientMessage } from './frames.ts';

const spec = querySpec({ cluster: 'shop', kinds: ['pods'], facets: { phase: ['Running'] } });
const ref = { cluster: 'shop', resource: 'pods', namespace: 'a', name: 'b' };

const GOOD: readonly ClientMessage[] = [
  { t: 'subscribe', id: 1, what: 'rows', spec },
  { t: 'subscribe', id: 2, what: 'object', ref },
  { t: 'subscribe', id: 3, what: 'cluster', cluster: 'shop' },
  { t: 'subscribe', id: 4, what: 'about', cluster: 'shop' },
  { t: 'update', id: 1, spec: { ...spec, related: { uid: 'u', by: 'owner' } } },
  { t: 'resync', id: 1 },
  { t: 'retry', id: 2 },
  { t: 'unsubscribe', id: 2 ** 31 },
];

const rows = (change: Record<string, unknown>) =>
  JSON.stringify({ t: 'subscribe', id: 7, what: 'rows', spec: { ...spec, ...change } });

const BAD: readonly [why: string, text: string][] = [
  ['no JSON', 'hello'],
  ['empty', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['a number', '1'],
  ['no type', '{"id":1}'],
  ['a server type', '{"t":"rows","id":1}'],
  ['an inherited type', '{"__proto__":{"t":"resync"},"id":1}'],
  ['id is text', '{"t":"resync","id":"1"}'],
  ['id is negative', '{"t":"resync","id":-1}'],
  ['id is a fraction', '{"t":"resync","id":1.5}'],
  ['id too large', '{"t":"resync","id":2147483649}'],
  ['spec is null', '{"t":"subscribe","id":1,"what":"rows","spec":null}'],
  ['no kind', rows({ kinds: [] })],
  ['too many kinds', rows({ kinds: Array(201).fill('pods') })],
  ['kind is an object', rows({ kinds: [{}] })],
  ['long text', rows({ text: 'x'.repeat(201) })],
  ['long selector', rows({ labelSelector: 'x'.repeat(2_001) })],
  ['long namespace', rows({ namespaces: ['x'.repeat(1_001)] })],
  ['too many namespaces', rows({ namespaces: Array(201).fill('a') })],
  ['window too wide', rows({ window: { offset: 0, limit: 501 } })],
  ['window negative', rows({ window: { offset: -1, limit: 1 } })],
  ['facets are a list', rows({ facets: ['a'] })],
  ['facet is text', rows({ facets: { phase: 'Running' } })],
  ['unknown relation', rows({ related: { uid: 'u', by: 'friend' } })],
  ['sort without direction', rows({ sort: { column: 'name' } })],
  ['about no cluster', '{"t":"subscribe","id":1,"what":"about"}'],
  ['about a cluster without a name', '{"t":"subscribe","id":1,"what":"about","cluster":""}'],
  ['huge', JSON.stringify({ t: 'resync', id: 1, pad: 'x'.repeat(70_000) })],
  ['deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
];

describe('parseClientMessage', () => {
  it.each(GOOD)('takes $t', (message) => {
    expect(parseClientMessage(JSON.stringify(message)).message).toEqual(message);
  });

  it.each(BAD)('refuses: %s', (_why, text) => {
    const parsed = parseClientMessage(text);
    expect(parsed.message).toBeUndefined();
    expect(parsed.error).toMatchObject({ reason: 'BadRequest', code: 400 });
    expect(parsed.error?.message.length).toBeLessThan(200);
  });

  it('names the subscription when it can', () => {
    expect(parseClientMessage(rows({ kinds: [] }))).toMatchObject({ id: 7 });
  });

  it('never repeats what was sent', () => {
    const parsed = parseClientMessage(rows({ labelSelector: { secret: 'hunter2' } }));
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it('keeps hostile keys out of prototypes', () => {
    const text = rows({}).replace(
      '"facets":{"phase":["Running"]}',
      '"facets":{"__proto__":["x"],"constructor":["y"],"toString":["z"]}',
    );
    const parsed = parseClientMessage(text);
    const message = parsed.message;
    if (message?.t !== 'subscribe' || message.what !== 'rows') throw new Error('expected rows');
    expect(Object.getPrototypeOf(message.spec.facets)).toBeNull();
    expect(message.spec.facets.constructor).toEqual(['y']);
    expect(Object.prototype).not.toHaveProperty('x');
    expect(({} as Record<string, unknown>).y).toBeUndefined();
  });

  it('drops fields it does not know', () => {
    const parsed = parseClientMessage(
      '{"t":"resync","id":1,"impersonate":"root","__proto__":{"admin":true}}',
    );
    expect(parsed.message).toEqual({ t: 'resync', id: 1 });
  });
});
