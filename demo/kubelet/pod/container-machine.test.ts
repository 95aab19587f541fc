import { expect, test } from 'vitest';
import type { Container, ContainerStatus, Pod } from '../../base/types.ts';
import { stepsOf } from './container-machine.ts';
import type { ContainerView } from './container-view.ts';

const spec: Container = { name: 'c', image: 'shop/c:1', readinessProbe: { periodSeconds: 1 } };
const status = {
  name: 'c',
  restartCount: 0,
  ready: false,
  started: true,
  state: { running: { startedAt: '1970-01-01T00:00:00Z' } },
} as unknown as ContainerStatus;
const view = {
  pod: { metadata: {}, spec: { containers: [spec] }, status: {} } as unknown as Pod,
  spec,
  status,
  role: 'main',
  memory: {},
  story: { kind: 'runs' },
  mustStop: false,
} as unknown as ContainerView;

test('a probe never tried is still due when its wake comes late', () => {
  const keysAt = (nowMs: number) =>
    stepsOf(view, { nowMs, now: '', between: () => 0 } as unknown as Parameters<typeof stepsOf>[1])
      .map(({ key }) => key)
      .filter((key) => key.includes('readiness'));
  expect(keysAt(900)).toHaveLength(1);
  expect(keysAt(1_001)).toEqual(keysAt(900));
});
