import { expect, test } from 'vitest';
import type { Codec } from '#lib/k8s/codec/codec.ts';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { PODS } from '#test/fixtures/fake-list-watch.ts';
import { MOST_PAGES, readList } from './list-round.ts';

/** Pages without items; the body is the number of the page. */
function endless(tokenAfter: (page: number) => string) {
  let asked = 0;
  const codec: Codec = {
    accept: 'application/json',
    peekContinue: () => null,
    decodePage: async (body) => ({
      items: [],
      resourceVersion: '1',
      continue: tokenAfter(body[0] ?? 0),
      remaining: -1,
      malformed: 0,
      tableColumns: null,
    }),
    watchDecoder: () => {
      throw new Error('nothing is watched here');
    },
  };
  const options = {
    codec,
    clock: createFakeClock(),
    listWatch: {
      type: PODS,
      namespace: '',
      list: async () => ({ body: new Uint8Array([asked++ % 256]), contentType: 'application/json' }),
      watch: () => {
        throw new Error('nothing is watched here');
      },
    },
    sink: {
      takeColumns() {},
      hasColumns: () => true,
      holds: () => false,
      add() {},
      replace() {},
      apply() {},
      clear() {},
    },
    random: () => 0,
    log: { info() {}, warn() {} },
  };
  return { options: options as unknown as Parameters<typeof readList>[0], asked: () => asked };
}

const read = ({ options }: ReturnType<typeof endless>) =>
  readList(
    options,
    new AbortController().signal,
    async () => {},
    async () => {},
  );

test('a list that never ends is no list', async () => {
  let token = 0;
  const server = endless(() => `page-${token++}`);
  await expect(read(server)).rejects.toMatchObject({ error: { reason: 'InvalidAnswer' } });
  expect(server.asked()).toBeLessThanOrEqual(MOST_PAGES + 1);
});

test('nor is one that names the same next page twice', async () => {
  await expect(read(endless(() => 'again'))).rejects.toMatchObject({ error: { reason: 'InvalidAnswer' } });
});
