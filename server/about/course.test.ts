import { describe, expect, it } from 'vitest';
import { createCourse, type Step } from './course.ts';

function step(at: number, total: number, refused = 0, worstMs = 1): Step {
  const counts = { total, refused, lost: 0, failed: 0, lastRefusedMs: null };
  return {
    atMs: at * 5_000,
    delay: { p99Ms: at, worstMs },
    residentBytes: at * 100,
    ticks: at * 20,
    requests: new Map([['shop', counts]]),
  };
}

describe('the course of the process', () => {
  it('knows nothing before it looked', () => {
    const course = createCourse(3);
    expect(course.delay()).toBeNull();
    expect(course.points('shop', 0)).toEqual([]);
    expect([course.ticksPerSecond(), course.requestsPerSecond('shop'), course.refusedLately('shop')]).toEqual(
      [0, 0, 0],
    );
  });

  it('tells what came between two looks, of one cluster, after an instant', () => {
    const course = createCourse(10);
    for (const [at, total, refused] of [
      [1, 10, 0],
      [2, 15, 0],
      [3, 40, 2],
    ] as const)
      course.add(step(at, total, refused));
    expect(course.points('shop', Number.NEGATIVE_INFINITY)).toEqual([
      [5_000, 1, 1, 100, 10, 0],
      [10_000, 2, 1, 200, 5, 0],
      [15_000, 3, 1, 300, 25, 2],
    ]);
    expect(course.points('shop', 10_000)).toHaveLength(1);
    expect(course.points('other', 10_000)).toEqual([[15_000, 3, 1, 300, 0, 0]]);
    expect(course.ticksPerSecond()).toBe(4);
    expect(course.requestsPerSecond('shop')).toBe(3);
    expect(course.refusedLately('shop')).toBe(2);
  });

  it('keeps so many points, and the worst delay among them', () => {
    const course = createCourse(3);
    course.add(step(0, 0, 7, 900));
    expect(course.refusedLately('shop')).toBe(7);
    for (let at = 1; at <= 8; at++) course.add(step(at, at, 0, at === 6 ? 84 : 1));
    expect(course.points('shop', -1).map(([atMs]) => atMs)).toEqual([30_000, 35_000, 40_000]);
    expect(course.delay()).toEqual({ p99Ms: 8, worstMs: 84, worstAtMs: 30_000 });
  });

  it('tells no point twice, whatever the clock’s fractions', () => {
    const course = createCourse(3);
    course.add({ ...step(1, 1), atMs: 5_000.4 });
    const told = course.points('shop', -1).at(-1)?.[0] ?? 0;
    expect(told).toBe(5_000);
    expect(course.points('shop', told)).toEqual([]);
  });

  it('forgets refusals after ten minutes', () => {
    const course = createCourse(720);
    for (let at = 0; at <= 130; at++) course.add(step(at, at, at < 5 ? 0 : 12));
    expect(course.refusedLately('shop')).toBe(0);
    course.add(step(131, 131, 13));
    expect(course.refusedLately('shop')).toBe(1);
  });

  it('takes rates over the last minute', () => {
    const course = createCourse(100);
    for (let at = 0; at <= 40; at++) course.add(step(at, at < 28 ? 0 : (at - 28) * 10));
    expect(course.requestsPerSecond('shop')).toBe(2);
  });
});
