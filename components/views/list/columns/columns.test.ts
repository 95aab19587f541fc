import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OWN_COLUMNS, withWidth } from '#components/table/column-choice.ts';
import { gridColumns } from '#components/table/grid-model.ts';
import type { Column } from '#lib/resources/definition.ts';
import { choosable, moved, toggled } from './choosable.ts';
import { choiceOf } from './stored-choice.ts';

const column = (id: string, priority: Column['priority']): Column => ({
  ...{ id, label: id, type: 'text', source: 'projected', sortable: true, facet: false, priority },
});
const COLUMNS = [column('state', 1), column('node', 2), column('ip', 3), column('rule', 0)];
const wishes = { title: 'name', namespace: true, roomy: true, choice: OWN_COLUMNS };
const ids = (part: object): string[] => gridColumns(COLUMNS, { ...wishes, ...part }).map(({ id }) => id);
const chosen = (shown: readonly string[]) => ({ choice: { shown, widths: {} } });

describe('columns of a table', () => {
  it('are the kind’s own until somebody chooses', () => {
    expect(ids({})).toEqual(['name', 'namespace', 'state', 'node']);
    expect(ids({ roomy: false })).toEqual(['name', 'namespace', 'state']);
    expect(ids({ every: true })).toEqual(['name', 'namespace', 'state', 'node', 'ip']);
  });

  it('stand as chosen, whatever the room; the name is never lost, what is not served is passed over', () => {
    expect(ids({ ...chosen(['ip', 'name', 'state']), roomy: false })).toEqual(['ip', 'name', 'state']);
    expect(ids(chosen(['ip', 'gone', 'rule']))).toEqual(['name', 'ip']);
    expect(ids({ ...chosen(['namespace', 'ip']), namespace: false })).toEqual(['name', 'ip']);
  });

  it('can be switched, moved and set back', () => {
    const all = gridColumns(COLUMNS, { ...wishes, every: true });
    const list = choosable(all, ['name', 'state', 'node'], 'name');
    expect(list.map(({ id, isShown }) => `${id} ${isShown}`)).toEqual([
      ...['name true', 'state true', 'node true', 'namespace false', 'ip false'],
    ]);
    expect(toggled(list, 'ip')).toEqual(['name', 'state', 'node', 'ip']);
    expect(toggled(list, 'state')).toEqual(['name', 'node']);
    expect(moved(list, 'node', -1)).toEqual(['name', 'node', 'state']);
    expect(moved(list, 'name', -1)).toEqual(['name', 'state', 'node']);
    expect(list[0]?.canMove(-1)).toBe(false);
    expect(list[0]?.isFixed).toBe(true);
  });
});

describe('a remembered choice', () => {
  it('comes back as it was written', () => {
    const choice = withWidth({ shown: ['name', 'ip'], widths: {} }, 'ip', 160);
    expect(choiceOf(JSON.parse(JSON.stringify(choice)))).toEqual(choice);
    expect(withWidth(choice, 'ip', null).widths).toEqual({});
  });

  it('may be anything, and is then as much of a choice as can be read', () => {
    expect(choiceOf(undefined)).toEqual(OWN_COLUMNS);
    expect(choiceOf({ shown: 'all', widths: { ip: 'wide', node: 1e9 } })).toEqual({
      ...{ shown: null, widths: { node: 960 } },
    });
    fc.assert(
      fc.property(fc.anything(), (json) => {
        const { shown, widths } = choiceOf(json);
        expect(shown === null || shown.every((id) => typeof id === 'string')).toBe(true);
        expect(Object.values(widths).every((px) => px >= 48 && px <= 960)).toBe(true);
      }),
    );
  });
});
