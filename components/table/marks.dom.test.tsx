// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useRef, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Grid } from './grid.tsx';
import type { GridRow } from './grid-model.ts';
import type { GridMarks } from './use-grid-marks.ts';

const rows: readonly GridRow[] = ['a', 'b', 'c', 'd', 'e'].map((name, key) => ({
  ...{ key, uid: `uid-${name}`, namespace: 'shop', name, cells: [], changes: 0 },
}));

function Table(props: { readonly shown: readonly GridRow[]; readonly onAll?: (isOn: boolean) => void }) {
  const pageRef = useRef<HTMLDivElement>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const marks: GridMarks = {
    isMarked: (uid) => marked.has(uid),
    overall: marked.size === 0 ? 'none' : 'some',
    mark: (some, isOn) =>
      setMarked((before) => {
        const next = new Set(before);
        for (const { uid } of some) isOn ? next.add(uid) : next.delete(uid);
        return next;
      }),
    markAll: (isOn) => props.onAll?.(isOn),
    allLabel: 'Mark all 5',
    onCards: false,
  };
  return (
    <Grid
      label="Pods"
      source={{ columns: [], rows: props.shown, offset: 0, total: props.shown.length, sort: null }}
      showNamespace={false}
      titleColumn={null}
      onWindow={() => {}}
      onSort={() => {}}
      hrefOf={(row) => `/${row.name}`}
      linkOf={() => null}
      onOpen={() => {}}
      marks={marks}
      staleHead={null}
      busy={false}
      pageRef={pageRef}
    />
  );
}

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(700);
  HTMLElement.prototype.scrollTo = () => {};
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const focusRow = (at: number) =>
  act(() => document.querySelector<HTMLElement>(`[data-index="${at}"]`)?.focus());
const markedNames = () =>
  screen.getAllByRole('row', { selected: true }).map((row) => row.querySelector('a')?.textContent);
const noneMarked = () => screen.queryAllByRole('row', { selected: true }).length === 0;

describe('marking rows', () => {
  it('is done by box, by x and by space, and undone the same way', () => {
    render(<Table shown={rows} />);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark b' }));
    expect(screen.getByRole('checkbox', { name: 'Mark b' }).getAttribute('aria-checked')).toBe('true');
    focusRow(3);
    press('x');
    expect(markedNames()).toEqual(['b', 'd']);
    press(' ');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark b' }));
    expect(noneMarked()).toBe(true);
  });

  it('takes a range from the row marked last, by pointer and by key', () => {
    render(<Table shown={rows} />);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark d' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark b' }), { shiftKey: true });
    expect(markedNames()).toEqual(['b', 'c', 'd']);
    focusRow(0);
    press('ArrowDown', { shiftKey: true });
    expect(markedNames()).toEqual(['a', 'b', 'c', 'd']);
    focusRow(4);
    press(' ', { shiftKey: true });
    expect(markedNames()).toHaveLength(5);
  });

  it('follows the object, not the place', () => {
    const { rerender } = render(<Table shown={rows} />);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark b' }));
    rerender(<Table shown={[...rows].reverse()} />);
    expect(markedNames()).toEqual(['b']);
    expect(screen.getAllByRole('row', { selected: true })[0]?.dataset.index).toBe('3');
    rerender(<Table shown={rows.filter((row) => row.name !== 'b')} />);
    expect(noneMarked()).toBe(true);
    rerender(<Table shown={rows} />);
    expect(markedNames()).toEqual(['b']);
  });

  it('asks for all by the box in the head and by ctrl a', () => {
    const onAll = vi.fn();
    render(<Table shown={rows} onAll={onAll} />);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark all 5' }));
    focusRow(0);
    press('a', { ctrlKey: true });
    expect(onAll.mock.calls).toEqual([[true], [true]]);
    fireEvent.click(screen.getByRole('checkbox', { name: 'Mark c' }));
    expect(screen.getByRole('checkbox', { name: 'Mark all 5' }).getAttribute('aria-checked')).toBe('mixed');
  });
});
