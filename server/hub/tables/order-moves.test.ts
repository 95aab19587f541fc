import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedKeys } from '#lib/protocol/apply-frame.ts';
import { orderMoves } from './order-moves.ts';

describe('orderMoves', () => {
  it('moves what moved and leaves the rest', () => {
    expect(orderMoves([1, 2, 3, 4, 5, 6, 7], [1, 5, 2, 3, 6, 7, 9])).toEqual({
      out: [4],
      put: [
        [1, 5],
        [6, 9],
      ],
    });
  });

  it('leaves much that moved to the whole order', () => {
    const keys = Array.from({ length: 100 }, (_, key) => key);
    expect(orderMoves(keys, keys.toReversed())).toBeNull();
    expect(orderMoves([], [1, 2])).toBeNull();
  });

  it('leads the client to the order it was made from', () => {
    const window = fc.uniqueArray(fc.nat(30), { maxLength: 25 });
    fc.assert(
      fc.property(window, window, (before, after) => {
        const moves = orderMoves(before, after);
        if (moves !== null) expect(movedKeys(before, moves)).toEqual(after);
      }),
      { numRuns: 2_000 },
    );
    const swaps = fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 5 });
    fc.assert(
      fc.property(swaps, fc.nat(5), (pairs, gone) => {
        const before = Array.from({ length: 100 }, (_, key) => key);
        const after = [...before];
        for (const [from, to] of pairs) after.splice(to, 0, ...after.splice(from, 1));
        after.splice(0, gone, 200 + gone);
        const moves = orderMoves(before, after);
        expect(moves).not.toBeNull();
        if (moves === null) return;
        expect(movedKeys(before, moves)).toEqual(after);
        // One word a leaver, two a row that was moved or is new.
        expect(moves.put.length).toBeLessThanOrEqual(pairs.length + 1);
      }),
    );
  });
});
