// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { NowProvider } from '#components/ui/now.tsx';
import type { Cell } from '#lib/resources/cell.ts';
import { cellLook, stateWords } from './cell-text.ts';
import { CellView } from './cell-view.tsx';

afterEach(cleanup);

describe('a cell', () => {
  it('keeps the three kinds of nothing apart', () => {
    const { container, rerender } = render(<CellView cell={0} column={{ type: 'number' }} />);
    expect(container.textContent).toBe('0');
    rerender(<CellView cell={null} column={{ type: 'number' }} />);
    expect(screen.getByTitle('Does not apply').textContent).toBe('–');
    rerender(<CellView cell={{ unknown: 'no metrics' }} column={{ type: 'number' }} />);
    expect(screen.getByTitle('Not known: no metrics').textContent).toBe('?');
    rerender(<CellView cell={undefined} column={{ type: 'number' }} />);
    expect(container.textContent).toBe('?');
  });

  it('counts an age in the time it is given, with the exact instant as title', () => {
    const atMs = Date.UTC(2026, 10, 22, 10, 0, 0);
    render(
      <NowProvider nowMs={atMs + 38 * 60_000}>
        <CellView cell={atMs} column={{ type: 'time' }} />
      </NowProvider>,
    );
    const age = screen.getByText('38 min');
    expect(age.getAttribute('title')).toContain('22 Nov 2026');
    expect(age.getAttribute('datetime')).toBe('2026-11-22T10:00:00.000Z');
  });

  it('counts a state down until its end, then leaves the bare words', () => {
    const state = { level: 'progress', words: 'Leaving', untilMs: 30_000 } as const;
    expect(stateWords(state, 12_000)).toBe('Leaving, 18\u00a0s left');
    expect(stateWords(state, 31_000)).toBe('Leaving');
  });

  it('takes whatever comes over the wire', () => {
    const column = fc.record({
      type: fc.constantFrom('text', 'number', 'time', 'state', 'list', 'quantity', 'code'),
    });
    fc.assert(
      fc.property(fc.anything(), column, (value, shape) => {
        const look = cellLook(value as Cell, shape as { type: 'text' });
        expect(['none', 'unknown', 'state', 'time', 'text']).toContain(look.look);
      }),
    );
  });
});
