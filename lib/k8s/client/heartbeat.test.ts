import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '#test/fixtures/fake-clock.ts';
import { createClockOffset } from './clock-offset.ts';
import { createHeartbeat } from './create-heartbeat.ts';
import { apiError, invalidAnswer } from './errors.ts';
import type { HeartbeatSnapshot } from './heartbeat.ts';
import type { KubernetesAnswer, RequestOptions } from './kubernetes-client.ts';
import { ApiException } from './kubernetes-client.ts';

const CLUSTER_MS = Date.UTC(2026, 10, 22, 12);

/** A client whose next answers a test decides: a latency, an error, or silence until the probe's own timeout. */
function setUp() {
  const clock = createFakeClock();
  const asked: string[] = [];
  let next: { latencyMs?: number; error?: Error; isSilent?: boolean } = {};
  const request = async (options: RequestOptions): Promise<KubernetesAnswer> => {
    asked.push(options.path);
    expect(options.lane).toBe('probe');
    const { latencyMs = 10, error, isSilent = false } = next;
    await new Promise<void>((resolve) =>
      clock.after(isSilent ? (options.timeoutMs ?? 0) : latencyMs, resolve),
    );
    if (isSilent) throw new ApiException(apiError({ reason: 'Unreachable', message: 'timeout' }));
    if (error !== undefined) throw error;
    const dateMs = Math.floor((CLUSTER_MS + clock.nowMs()) / 1000) * 1000;
    const rest = { contentType: 'text/plain', warnings: [], json: () => null };
    return { status: 200, body: new Uint8Array(), dateMs, ...rest };
  };
  const heartbeat = createHeartbeat({ client: { request }, clock });
  const beats: HeartbeatSnapshot[] = [];
  heartbeat.onBeat((snapshot) => beats.push(snapshot));
  return {
    clock,
    heartbeat,
    beats,
    asked,
    answer: (how: typeof next) => {
      next = how;
    },
  };
}

describe('heartbeat', () => {
  it('beats every 2 s while somebody holds it', async () => {
    const { clock, heartbeat, beats, asked } = setUp();
    await clock.advance(5000);
    expect(asked).toHaveLength(0);
    const [first, second] = [heartbeat.acquire(), heartbeat.acquire()];
    await clock.advance(4100);
    expect(asked).toEqual(['/readyz', '/readyz', '/readyz']);
    expect(beats.at(-1)).toMatchObject({ latencyMs: 10, confirmedMs: 8870 });
    first();
    first();
    await clock.advance(2000);
    expect(asked).toHaveLength(4);
    second();
    await clock.advance(10_000);
    expect(asked).toHaveLength(4);
    expect(clock.pendingTimers).toBe(0);
  });

  it('tells a loss within 5 s, keeps the last confirmation, and its end', async () => {
    const { clock, heartbeat, answer } = setUp();
    heartbeat.acquire();
    await clock.advance(100);
    answer({ isSilent: true });
    await clock.advance(4900);
    expect(heartbeat.snapshot()).toMatchObject({ confirmedMs: 10, error: { reason: 'Unreachable' } });
    answer({});
    await clock.advance(3100);
    expect(heartbeat.snapshot().error).toBeUndefined();
    heartbeat.stop();
  });

  it('takes a 401 or 403 for alive and looks for an open path, a 500 or a foreign page not', async () => {
    const { clock, heartbeat, answer, asked } = setUp();
    answer({ error: new ApiException(apiError({ reason: 'Forbidden', code: 403, message: 'no' })) });
    heartbeat.acquire();
    await clock.advance(6100);
    expect(asked).toEqual(['/readyz', '/livez', '/version', '/readyz']);
    expect(heartbeat.snapshot().error).toBeUndefined();
    expect(heartbeat.snapshot().clusterOffsetMs).toBeNull();
    answer({ error: new ApiException(apiError({ reason: 'Unauthorized', code: 401, message: 'expired' })) });
    await clock.advance(2000);
    expect(heartbeat.snapshot()).toMatchObject({ confirmedMs: 7730, error: { code: 401 } });
    answer({
      error: new ApiException(apiError({ reason: 'InternalError', code: 500, message: 'etcd failed' })),
    });
    await clock.advance(2000);
    expect(heartbeat.snapshot().error?.message).toBe('etcd failed');
    answer({ error: invalidAnswer('a page', 200) });
    await clock.advance(2000);
    expect(heartbeat.snapshot().error?.reason).toBe('InvalidAnswer');
    heartbeat.stop();
  });

  it('does not blame the API server for a fault of the console', async () => {
    const { clock, heartbeat, answer } = setUp();
    answer({ error: new TypeError('x is not a function') });
    heartbeat.acquire();
    await clock.advance(100);
    expect(heartbeat.snapshot().error).toMatchObject({ reason: 'InternalError', code: 0 });
    expect(heartbeat.snapshot().error?.message).not.toContain('function');
    heartbeat.stop();
  });

  it('learns the cluster’s clock to a few ms from whole seconds', async () => {
    const { clock, heartbeat, answer } = setUp();
    heartbeat.acquire();
    for (let beat = 0; beat < 40; beat++) {
      answer({ latencyMs: 5 + ((beat * 37) % 50) });
      await clock.advance(1930);
    }
    const offset = heartbeat.snapshot().clusterOffsetMs ?? 0;
    expect(Math.abs(offset - CLUSTER_MS)).toBeLessThan(50);
    heartbeat.stop();
  });
});

describe('clock offset', () => {
  it('always lies within what the last answer allows', () => {
    const beat = fc.record({
      dateMs: fc.integer({ min: 0, max: 1e6 }),
      sentMs: fc.nat(1e6),
      tookMs: fc.nat(3000),
    });
    fc.assert(
      fc.property(fc.array(beat, { minLength: 1, maxLength: 100 }), (beats) => {
        const offset = createClockOffset();
        for (const { dateMs, sentMs, tookMs } of beats) offset.add(dateMs, sentMs, sentMs + tookMs);
        offset.add(Number.NaN, 0, 0);
        const last = beats.at(-1)!;
        const estimate = offset.estimateMs() ?? Number.NaN;
        expect(estimate).toBeGreaterThanOrEqual(last.dateMs - last.sentMs - last.tookMs);
        expect(estimate).toBeLessThanOrEqual(last.dateMs + 1000 - last.sentMs);
      }),
    );
  });
});
