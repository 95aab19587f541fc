// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { useRef } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Column } from '#lib/resources/definition.ts';
import { Grid, type GridProps } from './grid.tsx';
import type { GridRow } from './grid-model.ts';

const column = (part: Partial<Column> & Pick<Column, 'id' | 'label' | 'type'>): Column => ({
  source: 'projected',
  sortable: true,
  facet: false,
  priority: 1,
  ...part,
});

const COLUMNS = [
  column({ id: 'state', label: 'State', type: 'state' }),
  column({ id: 'restarts', label: 'Restarts', type: 'number' }),
  column({ id: 'node', label: 'Node', type: 'text', link: 'nodes' }),
];

const rowOf = (index: number): GridRow => ({
  key: index,
  uid: `uid-${index}`,
  namespace: 'shop',
  name: `pod-${index}`,
  cells: [{ level: 'ok', words: 'Ready' }, 0, 'worker-1'],
  changes: 0,
});

const rowsOf = (count: number): GridRow[] => Array.from({ length: count }, (_, index) => rowOf(index));

function Table(props: Partial<GridProps> & { readonly rows: readonly GridRow[]; readonly total?: number }) {
  const pageRef = useRef<HTMLDivElement>(null);
  return (
    <Grid
      label="Pods"
      source={{
        columns: COLUMNS,
        rows: props.rows,
        offset: 0,
        total: props.total ?? props.rows.length,
        sort: { column: 'state', descending: false },
      }}
      showNamespace
      titleColumn={null}
      onWindow={props.onWindow ?? (() => {})}
      onSort={props.onSort ?? (() => {})}
      hrefOf={(row) => `/c/pods/${row.namespace}/${row.name}`}
      linkOf={(_, one) => (one.id === 'node' ? '/c/nodes/worker-1' : null)}
      onOpen={props.onOpen ?? (() => {})}
      marks={props.marks ?? null}
      staleHead={props.staleHead ?? null}
      busy={false}
      pageRef={pageRef}
    />
  );
}

/** jsdom lays nothing out: a view of 700 px is claimed, so that rows are in it. */
beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(700);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1200);
  HTMLElement.prototype.scrollTo = () => {};
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const focusedIndex = () => document.activeElement?.getAttribute('data-index');
const press = (key: string) => {
  if (document.activeElement !== null) fireEvent.keyDown(document.activeElement, { key });
};

describe('the table', () => {
  it('says how many rows there are and where each stands, though few are in the page', () => {
    render(<Table rows={rowsOf(100)} total={150_000} />);
    const grid = screen.getByRole('grid', { name: 'Pods' });
    expect(grid.getAttribute('aria-rowcount')).toBe('150001');
    const rows = within(grid).getAllByRole('row');
    expect(rows.length).toBeLessThan(60);
    expect(rows[1]?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('keeps one row in the tab order and moves it with arrows, j, k, Home and End', () => {
    render(<Table rows={rowsOf(100)} />);
    const stops = () => document.querySelectorAll('[role="row"][tabindex="0"]');
    expect(stops()).toHaveLength(1);
    (stops()[0] as HTMLElement).focus();
    press('j');
    press('ArrowDown');
    expect(focusedIndex()).toBe('2');
    press('k');
    expect(focusedIndex()).toBe('1');
    press('End');
    expect(focusedIndex()).toBe('99');
    press('Home');
    expect(focusedIndex()).toBe('0');
    expect(stops()).toHaveLength(1);
  });

  it('opens with Enter, walks the cells of a row with right and left, and steps back with Escape', () => {
    const onOpen = vi.fn();
    render(<Table rows={rowsOf(5)} onOpen={onOpen} />);
    document.querySelector<HTMLElement>('[data-index="0"]')?.focus();
    press('j');
    press('Enter');
    expect(onOpen.mock.calls[0]?.[0].name).toBe('pod-1');
    press('ArrowRight');
    expect(document.activeElement?.textContent).toBe('pod-1');
    for (const text of ['shop', 'Ready', '0', 'worker-1', 'worker-1']) {
      press('ArrowRight');
      expect(document.activeElement?.textContent).toBe(text);
    }
    press('ArrowLeft');
    expect(document.activeElement?.textContent).toBe('0');
    press('Enter');
    expect(onOpen, 'a cell without a link opens its row').toHaveBeenCalledTimes(2);
    press('Escape');
    expect(focusedIndex()).toBe('1');
    press('ArrowRight');
    press('ArrowLeft');
    expect(focusedIndex()).toBe('1');
  });

  it('follows the focused object when the order changes', () => {
    const { rerender } = render(<Table rows={rowsOf(5)} />);
    document.querySelector<HTMLElement>('[data-index="1"]')?.focus();
    rerender(<Table rows={[rowOf(4), rowOf(3), rowOf(2), rowOf(1), rowOf(0)]} />);
    expect(focusedIndex()).toBe('3');
    expect(document.activeElement?.textContent).toContain('pod-1');
  });

  it('shows placeholders of the final shape for rows that are not here yet, and asks for the rows in view', () => {
    const onWindow = vi.fn();
    render(<Table rows={[]} total={12} onWindow={onWindow} />);
    expect(document.querySelectorAll('[role="row"][aria-busy="true"]')).toHaveLength(12);
    expect(onWindow).toHaveBeenCalledWith({ offset: 0, limit: 100 });
  });

  it('asks for the other direction of the sorted column, and says the sort', () => {
    const onSort = vi.fn();
    render(<Table rows={rowsOf(3)} onSort={onSort} />);
    expect(screen.getByRole('columnheader', { name: 'State' }).getAttribute('aria-sort')).toBe('ascending');
    fireEvent.click(screen.getByRole('button', { name: 'State' }));
    expect(onSort).toHaveBeenCalledWith({ column: 'state', descending: true });
    fireEvent.click(screen.getByRole('button', { name: 'Restarts' }));
    expect(onSort).toHaveBeenLastCalledWith({ column: 'restarts', descending: true });
  });

  it('says what a state was while the view is stale', () => {
    render(<Table rows={rowsOf(1)} staleHead="State at 14:31:22" />);
    expect(screen.getByText('was Ready')).toBeTruthy();
    expect(screen.getByText('State at 14:31:22')).toBeTruthy();
  });
});
