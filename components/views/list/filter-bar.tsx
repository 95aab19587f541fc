'use client';
import { type RefObject, useEffect, useState } from 'react';
import { AddChip, FilterChip } from '#components/ui/chip.tsx';
import field from '#components/ui/field.module.css';
import type { ApiError } from '#lib/resources/api-error.ts';
import type { Column } from '#lib/resources/definition.ts';
import type { QuerySpec, Sort } from '#lib/resources/query-spec.ts';
import styles from './filter-bar.module.css';
import { LabelField } from './label-field.tsx';
import { selectorTerms, withoutTerm, withTerm } from './selector-terms.ts';
import { SortField } from './sort-field.tsx';
import type { ListSpec } from './use-list-spec.ts';

const DEBOUNCE_MS = 150;

/** Text, then label requirements as chips, then + Label. All of it is in the URL. */
export function FilterBar(props: {
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
  readonly words: string;
  readonly searched: string;
  readonly refused: ApiError | null;
  readonly columns: readonly Column[];
  readonly sort: Sort | null;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}) {
  const { spec, change, refused } = props;
  const [adding, setAdding] = useState(false);
  const wrong = refused !== null && spec.labelSelector !== '';
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
      {adding ? (
        <LabelField
          onAdd={(term) => {
            change({ labelSelector: withTerm(spec.labelSelector, term) });
            setAdding(false);
          }}
          onClose={() => setAdding(false)}
        />
      ) : (
        <AddChip onClick={() => setAdding(true)}>Label</AddChip>
      )}
      <SortField columns={props.columns} sort={props.sort} onSort={(sort) => change({ sort })} />
      {wrong ? (
        <span className={field.fault} role="alert">
          {refused.message}
        </span>
      ) : null}
    </div>
  );
}

function TextFilter(props: {
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
  readonly words: string;
  readonly searched: string;
  readonly inputRef: RefObject<HTMLInputElement | null>;
}) {
  const { spec, change } = props;
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
      ref={props.inputRef}
      type="search"
      className={`${field.input} ${styles.text}`}
      aria-label={`Filter ${props.words} by ${props.searched.toLowerCase()}`}
      aria-keyshortcuts="/"
      placeholder={props.searched}
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
