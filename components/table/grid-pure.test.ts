import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { focusIndex, moveOf } from './grid-focus.ts';
import { MAX_ASKED_ROWS, windowFor } from './grid-window.ts';

describe('the window asked for', () => {
  it('covers the rows in view, is bounded, and holds still while a few rows are scrolled', () => {
    fc.assert(
      fc.property(fc.nat(200_000), fc.integer({ min: 1, max: 80 }), (first, seen) => {
        const last = first + seen - 1;
        const { offset, limit } = windowFor(first, last);
        expect(offset).toBeLessThanOrEqual(first);
        expect(offset + limit).toBeGreaterThan(last);
        expect(limit).toBeLessThanOrEqual(MAX_ASKED_ROWS);
        expect(offset % 50).toBe(0);
      }),
    );
  });
});

describe('the focus', () => {
  it('is always a row there is, or none when there are none', () => {
    const rows = fc.array(fc.record({ key: fc.nat(30) }), { maxLength: 20 });
    const focus = fc.record({ index: fc.integer({ min: -5, max: 500 }), key: fc.option(fc.nat(30)) });
    fc.assert(
      fc.property(focus, rows, fc.nat(100), fc.nat(200), (at, list, offset, total) => {
        const index = focusIndex(at, list, offset, total);
        if (total === 0) expect(index).toBe(-1);
        else {
          expect(index).toBeGreaterThanOrEqual(0);
          expect(index).toBeLessThan(total);
        }
      }),
    );
  });

  it('moves by keys within the rows, and by no other key', () => {
    expect(moveOf('j', 4, 10, 20)).toBe(5);
    expect(moveOf('ArrowDown', 9, 10, 20)).toBe(9);
    expect(moveOf('k', 0, 10, 20)).toBe(0);
    expect(moveOf('PageDown', 0, 100, 20)).toBe(19);
    expect(moveOf('PageUp', 10, 100, 20)).toBe(0);
    expect(moveOf('End', 0, 100, 20)).toBe(99);
    expect(moveOf('x', 0, 100, 20)).toBeNull();
  });
});
