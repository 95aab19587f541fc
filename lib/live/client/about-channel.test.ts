import { describe, expect, it } from 'vitest';
import type { AboutFrame, CoursePoint } from '#lib/protocol/about-frame.ts';
import { createAboutChannel } from './about-channel.ts';

const point = (at: number): CoursePoint => [at, 1, 2, 3, 4, 0];
const figures = { objectWatches: 0 } as AboutFrame['figures'];
const frame = (seq: number, full: boolean, points: readonly CoursePoint[]): AboutFrame => ({
  ...{ t: 'about', id: 1, seq, nowMs: seq, full, figures, points },
});

describe('the channel of the console’s own figures', () => {
  it('asks for one cluster', () => {
    const message = { t: 'subscribe', id: 4, what: 'about', cluster: 'shop' };
    expect(createAboutChannel('shop').subscribeMessage(4)).toEqual(message);
  });

  it('adds the points of each frame and keeps an hour of them', () => {
    const channel = createAboutChannel('shop');
    channel.receive(frame(0, true, [point(1)]), 10);
    expect(channel.receive(frame(1, false, [point(2)]), 20)).toBe(false);
    expect(channel.value()).toMatchObject({ nowMs: 1, receivedMs: 20, points: [point(1), point(2)] });
    channel.receive(
      frame(
        2,
        false,
        Array.from({ length: 800 }, (_, at) => point(at)),
      ),
      30,
    );
    expect(channel.value().points).toHaveLength(720);
  });

  it('asks once for everything after a gap, and waits for it', () => {
    const channel = createAboutChannel('shop');
    channel.receive(frame(0, true, [point(1)]), 10);
    expect(channel.receive(frame(2, false, [point(3)]), 20)).toBe(true);
    expect(channel.receive(frame(3, false, []), 30)).toBe(false);
    expect(channel.value()).toMatchObject({ receivedMs: 10, points: [point(1)] });
    channel.receive(frame(4, true, [point(4)]), 40);
    expect(channel.value()).toMatchObject({ receivedMs: 40, points: [point(4)] });
  });

  it('keeps what was heard without a socket and says so', () => {
    const channel = createAboutChannel('shop');
    channel.receive(frame(0, true, [point(1)]), 10);
    channel.lost();
    expect(channel.value()).toMatchObject({ isLost: true, figures });
    channel.receive(frame(0, true, []), 50);
    expect(channel.value()).toMatchObject({ isLost: false, points: [] });
    const error = { reason: 'NotFound', code: 404, message: 'none', causes: [] };
    channel.refused({ t: 'refused', id: 1, error });
    expect(channel.value().refused).toBe(error);
  });
});
