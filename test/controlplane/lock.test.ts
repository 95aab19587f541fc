import { expect, test } from 'vitest';
import { withLock } from './lock.ts';

test('work under the same key is done one after the other, and the waiting one is told', async () => {
  const key = `lock-test-${process.pid}`;
  const order: string[] = [];
  let release = (): void => {};
  const first = withLock(
    key,
    () => order.push('first waits'),
    async () => {
      order.push('first works');
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push('first is done');
    },
  );
  await expect.poll(() => order).toEqual(['first works']);
  const second = withLock(
    key,
    () => order.push('second waits'),
    async () => {
      order.push('second works');
    },
  );
  await expect.poll(() => order).toContain('second waits');
  release();
  await Promise.all([first, second]);
  expect(order).toEqual(['first works', 'second waits', 'first is done', 'second works']);
});

test('a failure frees the lock', async () => {
  const key = `lock-test-failure-${process.pid}`;
  await expect(
    withLock(
      key,
      () => {},
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  await expect(
    withLock(
      key,
      () => {},
      async () => 'free',
    ),
  ).resolves.toBe('free');
});
