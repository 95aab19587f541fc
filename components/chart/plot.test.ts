import { describe, expect, it } from 'vitest';
import { type PlotPoint, pathsOf, ticksOf } from './plot.ts';

const area = { fromMs: 0, toMs: 100, most: 10, gapMs: 20 };

describe('a line', () => {
  it.each<[string, PlotPoint[], string]>([
    ['of nothing', [], ''],
    [
      'of two points',
      [
        [0, 0],
        [10, 10],
      ],
      'M0.00 100.00L10.00 0.00',
    ],
    [
      'is never bridged over a gap',
      [
        [0, 5],
        [10, 5],
        [60, 5],
        [70, 5],
      ],
      'M0.00 50.00L10.00 50.00M60.00 50.00L70.00 50.00',
    ],
    [
      'breaks where a value is not known',
      [
        [0, 5],
        [10, null],
        [20, 5],
        [30, 5],
      ],
      'M0.00 50.00L0.00 50.00M20.00 50.00L30.00 50.00',
    ],
    [
      'leaves out what lies outside',
      [
        [-10, 5],
        [0, 5],
        [10, 5],
        [110, 5],
      ],
      'M0.00 50.00L10.00 50.00',
    ],
    [
      'stays within its square',
      [
        [0, -5],
        [10, 50],
      ],
      'M0.00 100.00L10.00 0.00',
    ],
    ['of what is no number', [[0, Number.NaN]], ''],
  ])('%s', (_what, points, line) => {
    expect(pathsOf(points, area).line).toBe(line);
  });

  it('has an area down to zero', () => {
    expect(
      pathsOf(
        [
          [0, 5],
          [10, 10],
        ],
        area,
      ).area,
    ).toBe('M0.00 50.00L10.00 0.00L10.00 100L0.00 100Z');
  });
});

describe('ticks', () => {
  it.each([
    [0, [0, 0.5, 1]],
    [Number.NaN, [0, 0.5, 1]],
    [1, [0, 0.5, 1]],
    [84, [0, 50, 100]],
    [212, [0, 200, 400]],
    [512, [0, 400, 800]],
    [0.03, [0, 0.02, 0.04]],
  ])('to %s', (highest, ticks) => {
    const rounded = ticksOf(highest).map((tick) => Number(tick.toPrecision(6)));
    expect(rounded).toEqual(ticks);
  });
});
