'use client';
import { useEffect, useState } from 'react';
import { AddChip, FilterChip } from '#components/ui/chip.tsx';
import field from '#components/ui/field.module.css';
import type { Column } from '#lib/resources/definition.ts';
import styles from './filter-bar.module.css';
import { LabelField } from './label-field.tsx';
import type { List } from './list.ts';
import { ViewTools } from './saved/view-tools.tsx';
import { searchedWords } from './searched-words.ts';
import { selectorTerms, withoutTerm, withTerm } from './selector-terms.ts';
import { SortField } from './sort-field.tsx';

const DEBOUNCE_MS = 150;

/** Text, then label requirements as chips, then + Label. All of it is in the URL. */
export function FilterBar(props: { readonly list: List; readonly columns: readonly Column[] }) {
  const { spec, change, table, marking } = props.list;
  const wrong = table.refused !== null && spec.labelSelector !== '';
  return (
    <div className={styles.bar}>
      <TextFilter {...props} />
      {selectorTerms(spec.labelSelector).map((term) => (
        <FilterChip
          key={term}
          code={term}
          wrong={wrong}
          onRemove={() => change({ labelSelector: withoutTerm(spec.labelSelector, term) })}
        />
      ))}
      {spec.related === null ? null : (
        <FilterChip
          code={`${spec.related.by} ${spec.related.uid}`}
          onRemove={() => change({ related: null })}
        />
      )}
      <AddLabel onAdd={(term) => change({ labelSelector: withTerm(spec.labelSelector, term) })} />
      <SortField columns={props.columns} sort={table.sort} onSort={(sort) => change({ sort })} />
      <button
        type="button"
        className={styles.marking}
        aria-pressed={marking.grid.onCards}
        onClick={marking.toggleBoxes}
      >
        Mark
      </button>
      {wrong ? (
        <span className={field.fault} role="alert">
          {table.refused?.message}
        </span>
      ) : null}
      <ViewTools list={props.list} />
    </div>
  );
}

function AddLabel(props: { readonly onAdd: (term: string) => void }) {
  const [adding, setAdding] = useState(false);
  if (!adding) return <AddChip onClick={() => setAdding(true)}>Label</AddChip>;
  return (
    <LabelField
      onAdd={(term) => {
        props.onAdd(term);
        setAdding(false);
      }}
      onClose={() => setAdding(false)}
    />
  );
}

function TextFilter(props: { readonly list: List; readonly columns: readonly Column[] }) {
  const { spec, change, kind, filterRef } = props.list;
  const searched = searchedWords(props.columns);
  const [typed, setTyped] = useState(spec.text);
  const [seen, setSeen] = useState(spec.text);
  const [sent, setSent] = useState(spec.text);
  if (spec.text !== seen) {
    setSeen(spec.text);
    if (spec.text !== sent) {
      // The URL changed by itself (Back, Clear): what was typed gives way.
      setSent(spec.text);
      setTyped(spec.text);
    }
  }
  useEffect(() => {
    if (typed === sent) return;
    const timer = setTimeout(() => {
      setSent(typed);
      change({ text: typed }, 'replace');
    }, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed, sent, change]);
  return (
    <input
      ref={filterRef}
      type="search"
      className={`${field.input} ${styles.text}`}
      aria-label={`Filter ${kind.words} by ${searched.toLowerCase()}`}
      aria-keyshortcuts="/"
      placeholder={searched}
      value={typed}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setTyped(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && typed !== '') {
          event.preventDefault();
          setTyped('');
        }
      }}
    />
  );
}
