import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { pod } from '#lib/resources/workloads/pod.ts';
import {
  varint,
  writeEnvelope,
  writeList,
  writeMessage,
  writeWatchFrame,
} from '#test/fixtures/protobuf-writer.ts';
import { codecs } from '../codec-of-kind.ts';
import { jsonCodec } from '../json-codec.ts';
import { readMessages } from './messages.ts';

const messages = readMessages();
const POD = 'api.core.v1.Pod';
const type: ResourceType = {
  group: '',
  version: 'v1',
  resource: 'pods',
  kind: 'Pod',
  scope: 'Namespaced',
  custom: false,
  verbs: [],
  shortNames: [],
  categories: [],
  subresources: [],
};
const codec = codecs()(type, { ...pod, wanted: [...pod.wanted, 'spec.priority', 'metadata.annotations'] });
const json = jsonCodec({ wanted: [...pod.wanted, 'spec.priority', 'metadata.annotations'] });
const page = (items: Buffer[], head = { resourceVersion: '9', continue: '' }) =>
  writeList('v1', 'PodList', head, items);

/** Texts of any kind, and times as Go prints them. */
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const time = fc
  .date({ min: new Date('1971-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const state = fc.record(
  {
    waiting: fc.record({ reason: text.filter(Boolean), message: text.filter(Boolean) }),
    running: fc.record({ startedAt: time }),
    terminated: fc.record({ exitCode: fc.integer({ min: -1, max: 255 }), finishedAt: time }),
  },
  { requiredKeys: [] },
);
const anyPod = fc.record({
  metadata: fc.record(
    {
      name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      namespace: fc.stringMatching(/^[a-z]{1,8}$/),
      uid: fc.uuid(),
      resourceVersion: fc.nat().map(String),
      generation: fc.integer({ min: 1 }),
      creationTimestamp: time,
      deletionTimestamp: time,
      deletionGracePeriodSeconds: fc.nat(),
      labels: fc.dictionary(fc.constantFrom('app', 'tier', '__proto__', 'constructor'), text),
      annotations: fc.dictionary(text, text, { noNullPrototype: true, minKeys: 1 }),
      ownerReferences: fc.array(
        fc.record({
          apiVersion: text,
          kind: text,
          name: text,
          uid: fc.uuid(),
          controller: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
      finalizers: fc.array(text, { maxLength: 2 }),
      managedFields: fc.array(fc.record({ manager: text, time, fieldsV1: fc.constant({ 'f:x': {} }) }), {
        maxLength: 3,
      }),
    },
    { requiredKeys: ['name', 'uid'] },
  ),
  spec: fc.record(
    {
      nodeName: text.filter(Boolean),
      priority: fc.integer(),
      containers: fc.array(fc.record({ name: text.filter(Boolean), image: text.filter(Boolean) }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: ['containers'] },
  ),
  status: fc.record(
    {
      phase: fc.constantFrom('Running', 'Pending', 'Failed'),
      podIP: fc.ipV4(),
      containerStatuses: fc.array(
        fc.record({
          name: text,
          state,
          lastState: state,
          ready: fc.boolean(),
          restartCount: fc.nat(),
          image: text,
          imageID: text,
        }),
        { minLength: 1, maxLength: 3 },
      ),
      conditions: fc.array(fc.record({ type: text, status: text, lastTransitionTime: time }), {
        minLength: 1,
        maxLength: 3,
      }),
    },
    { requiredKeys: [] },
  ),
});

/** A field of a number no message has, of any wire type. */
const noiseField = fc
  .tuple(
    fc.integer({ min: 2_000, max: 50_000 }),
    fc.constantFrom(0, 1, 2, 5),
    fc.uint8Array({ maxLength: 9 }),
  )
  .map(([number, wire, bytes]) => {
    const tag = varint(number * 8 + wire);
    if (wire === 0) return Buffer.concat([tag, varint(bytes.length * 12_345)]);
    if (wire === 1) return Buffer.concat([tag, Buffer.alloc(8, 1)]);
    if (wire === 5) return Buffer.concat([tag, Buffer.alloc(4, 1)]);
    return Buffer.concat([tag, varint(bytes.length), Buffer.from(bytes)]);
  });

describe('protobuf and JSON of the same pods', () => {
  it('give equal partial objects, with unknown fields between the known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPod, { maxLength: 4 }), fc.array(noiseField), async (pods, noise) => {
        let next = 0;
        const between = () =>
          noise.length === 0 ? Buffer.alloc(0) : (noise[next++ % noise.length] as Buffer);
        const items = pods.map((one) => writeMessage(messages, POD, one, between));
        const fromBytes = await codec.decodePage(page(items));
        const fromText = await json.decodePage(
          Buffer.from(JSON.stringify({ metadata: { resourceVersion: '9' }, items: pods })),
        );
        expect(plain(fromBytes)).toEqual(plain(fromText));
        expect(fromBytes.malformed).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('give equal events however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(anyPod, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(4_000)), (pods, cuts) => {
        const frames = pods.map((one) =>
          writeWatchFrame('MODIFIED', writeEnvelope('v1', 'Pod', writeMessage(messages, POD, one))),
        );
        const all = Buffer.concat(frames);
        const decoder = codec.watchDecoder();
        const ends = [...cuts.map((cut) => Math.min(cut, all.length)), all.length].sort((a, b) => a - b);
        const events = ends.flatMap((end, at) =>
          decoder.push(all.subarray(at === 0 ? 0 : ends[at - 1], end)),
        );
        const lines = pods.map((object) => `${JSON.stringify({ type: 'MODIFIED', object })}\n`).join('');
        expect(plain(events)).toEqual(plain(json.watchDecoder().push(Buffer.from(lines))));
      }),
    );
  });
});

/** Equal but for prototypes and what is left out or null. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item) => (item === null ? undefined : item)));
}

describe('a page of protobuf', () => {
  const one = writeMessage(messages, POD, { metadata: { name: 'cart', uid: 'u' } });

  it('tells its next page before it is decoded', async () => {
    const body = writeList('v1', 'PodList', { resourceVersion: '4', continue: 'more', remaining: 7 }, [one]);
    expect(codec.peekContinue(body)).toBe('more');
    expect(await codec.decodePage(body)).toMatchObject({
      resourceVersion: '4',
      continue: 'more',
      remaining: 7,
      tableColumns: null,
    });
  });

  it('counts what has no name', async () => {
    const nameless = writeMessage(messages, POD, { metadata: { uid: 'x' } });
    const { items, malformed } = await codec.decodePage(page([nameless, one]));
    expect([items.length, malformed]).toEqual([1, 1]);
  });

  it('reads on where it was when somebody else has a turn', async () => {
    const items = Array.from({ length: 60 }, (_, at) =>
      writeMessage(messages, POD, { metadata: { name: `pod-${at}`, uid: `${at}` } }),
    );
    const decoded = await codec.decodePage(page(items), async () => {
      codec.peekContinue(page([one]));
      await codec.decodePage(page([one]));
    });
    expect(decoded.items.map((item) => item.metadata.name)).toEqual(
      Array.from({ length: 60 }, (_, at) => `pod-${at}`),
    );
  });

  it('reads JSON when that is what came', async () => {
    const body = Buffer.from('{"metadata":{"continue":"x"},"items":[{"metadata":{"name":"a"}}]}');
    expect(codec.peekContinue(body)).toBe('x');
    expect((await codec.decodePage(body)).items).toHaveLength(1);
    expect(codec.watchDecoder().push(Buffer.from('{"type":"BOOKMARK","object":{}}\n'))).toHaveLength(1);
  });

  it('never gives anything but a page or an error, whatever the bytes', async () => {
    const whole = page([one, writeMessage(messages, POD, { metadata: { name: 'b', labels: { a: 'b' } } })]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(whole.length),
        async (changes, length) => {
          const bytes = Buffer.from(whole.subarray(0, Math.max(4, length)));
          for (const [at, byte] of changes) if (at >= 4 && at < bytes.length) bytes[at] = byte;
          const answer = await codec.decodePage(bytes).catch((error: unknown) => error);
          if (answer instanceof Error) expect(answer).toBeInstanceOf(ApiException);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a watch of protobuf', () => {
  it('reads bookmarks and errors', () => {
    const bookmark = writeMessage(messages, POD, { metadata: { resourceVersion: '77' } });
    const status = Buffer.concat([
      Buffer.from([0x12, 7]),
      Buffer.from('Failure'),
      Buffer.from([0x22, 7]),
      Buffer.from('Expired'),
      Buffer.from([0x30, 0x9a, 0x03]),
    ]);
    const decoder = codec.watchDecoder();
    expect(
      decoder.push(
        Buffer.concat([
          writeWatchFrame('BOOKMARK', writeEnvelope('v1', 'Pod', bookmark)),
          writeWatchFrame('ERROR', writeEnvelope('v1', 'Status', status)),
          writeWatchFrame('ODD', writeEnvelope('v1', 'Pod', bookmark)),
        ]),
      ),
    ).toMatchObject([
      { type: 'BOOKMARK', resourceVersion: '77' },
      { type: 'ERROR', error: { code: 410, reason: 'Expired' } },
    ]);
    expect(decoder.malformed).toBe(1);
  });

  it('refuses a frame that cannot be one', () => {
    expect(() => codec.watchDecoder().push(Buffer.from([0x08, 0, 0, 0, 1]))).toThrow(ApiException);
  });
});
