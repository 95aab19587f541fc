'use client';
import field from '#components/ui/field.module.css';
import type { Column } from '#lib/resources/definition.ts';
import type { Sort } from '#lib/resources/query-spec.ts';
import styles from './filter-bar.module.css';

/** On a narrow screen the table has no head: the sort is chosen here, both directions named. */
export function SortField(props: {
  readonly columns: readonly Column[];
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort) => void;
}) {
  const { columns, sort } = props;
  const choices = [
    { id: 'name', label: 'Name' },
    { id: 'namespace', label: 'Namespace' },
    ...columns.filter((column) => column.sortable && column.priority > 0),
  ];
  const value = sort === null ? '' : `${sort.descending ? '-' : ''}${sort.column}`;
  return (
    <select
      className={`${field.input} ${styles.sort}`}
      aria-label="Sort"
      value={value}
      onChange={({ target }) =>
        props.onSort({ column: target.value.replace(/^-/, ''), descending: target.value.startsWith('-') })
      }
    >
      {choices.flatMap((choice) => [
        <option key={choice.id} value={choice.id}>
          {choice.label}, ascending
        </option>,
        <option key={`-${choice.id}`} value={`-${choice.id}`}>
          {choice.label}, descending
        </option>,
      ])}
    </select>
  );
}
