import { describe, expect, test } from 'vitest';
import type { ContainerState, Pod } from '../base/types.ts';
import { isOver, keptLines, linesBetween } from './log.ts';
import { containerRun } from './run.ts';

const START = '2026-11-03T10:00:00Z';
const START_MS = Date.parse(START);

function pod(state: ContainerState, image = 'shop/checkout-api:1.0.0', lastState: ContainerState = {}): Pod {
  const status = { name: 'main', image, imageID: '', ready: true, restartCount: 0, state, lastState };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', uid: 'uid-1', resourceVersion: '1', creationTimestamp: START },
    spec: { containers: [{ name: 'main', image }] },
    status: { phase: 'Running', containerStatuses: [status] },
  };
}

const running = pod({ running: { startedAt: START } });
const crashed = {
  exitCode: 1,
  reason: 'Error',
  message: 'no database',
  startedAt: START,
  finishedAt: '2026-11-03T10:00:09Z',
};

function runOf(of: Pod, isPrevious = false) {
  const run = containerRun(of, 'main', isPrevious);
  if (!run) throw new Error('no run');
  return run;
}

describe('a container log', () => {
  test('is the same however often and in whichever pieces it is read', () => {
    const run = runOf(running);
    const untilMs = START_MS + 120_000;
    const whole = keptLines(running, 'main', run, untilMs);
    const pieces = [];
    for (let atMs = START_MS - 1; atMs < untilMs; atMs += 777)
      pieces.push(...linesBetween(running, 'main', run, atMs, Math.min(atMs + 777, untilMs)));
    expect(pieces).toEqual(whole);
    expect(whole.length).toBeGreaterThan(30);
  });

  test('is in order of time and reaches back half an hour', () => {
    const nowMs = START_MS + 400 * 86_400_000;
    const times = keptLines(running, 'main', runOf(running), nowMs).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(nowMs - 30 * 60_000);
    expect(times.length).toBeLessThan(4_000);
  });

  test('of a backend is JSON but for stack traces, with a burst now and then', () => {
    const lines = keptLines(running, 'main', runOf(running), START_MS + 1_800_000).map(({ line }) => line);
    const others = lines.filter((line) => !line.startsWith('{'));
    expect(others.every((line) => line.startsWith('Error: ') || line.startsWith('    at '))).toBe(true);
    for (const line of lines.filter((each) => each.startsWith('{')))
      expect(JSON.parse(line)).toHaveProperty('level');
  });

  test('of a crash ends with why, in every style', () => {
    for (const image of [
      'shop/api:1',
      'shop/ledger-worker:1',
      'shop/shop-web:1',
      'postgres:17',
      'prom/x:1',
      'registry.k8s.io/kube-proxy:v1',
    ]) {
      const dead = pod({ waiting: { reason: 'CrashLoopBackOff' } }, image, { terminated: crashed });
      const lines = keptLines(dead, 'main', runOf(dead), START_MS + 60_000);
      expect(lines.map(({ line }) => line).join('\n')).toContain('no database');
      expect(lines.at(-1)?.atMs).toBe(START_MS + 9_000);
    }
  });

  test('of a container killed for memory just stops', () => {
    const killed = { ...crashed, exitCode: 137, reason: 'OOMKilled', message: 'no word of it' };
    const dead = pod({ terminated: killed });
    expect(JSON.stringify(keptLines(dead, 'main', runOf(dead), START_MS + 60_000))).not.toContain(
      'no word of it',
    );
  });
});

test('a run is over when it has ended, its container runs anew or its pod is gone', () => {
  const run = runOf(running);
  expect(isOver(running, 'main', run)).toBe(false);
  expect(isOver(undefined, 'main', run)).toBe(true);
  expect(isOver(pod({ terminated: crashed }), 'main', run)).toBe(true);
  expect(isOver(pod({ running: { startedAt: '2026-11-03T10:01:00Z' } }), 'main', run)).toBe(true);
});
