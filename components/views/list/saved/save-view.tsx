'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import field from '#components/ui/field.module.css';
import { searchOf } from '#lib/routes.ts';
import type { List } from '../list.ts';
import { filtersOf } from '../list-filters.ts';
import { MOST_NAME, MOST_VIEWS, type SavedView, withView } from './saved-views.ts';
import styles from './view-tools.module.css';

export interface ViewsProps {
  readonly list: List;
  readonly views: readonly SavedView[];
  /** False where this browser remembers nothing. */
  readonly setViews: (views: readonly SavedView[]) => boolean;
}

/** Filters, namespaces, sort and columns under a name, kept by this browser. */
export function SaveView({ list, views, setViews }: ViewsProps) {
  const { spec, choice } = list;
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(() => filtersOf(spec)[0]?.words ?? '');
  const [said, setSaid] = useState('');
  useEffect(() => input.current?.select(), []);
  const wanted = name.trim().slice(0, MOST_NAME);
  const isKnown = views.some((view) => view.name === wanted);
  const waits =
    wanted === ''
      ? 'Give it a name first'
      : !isKnown && views.length >= MOST_VIEWS
        ? `At most ${MOST_VIEWS} views of a kind`
        : undefined;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (waits !== undefined) return;
    const isKept = setViews(withView(views, { name: wanted, question: searchOf(spec), columns: choice }));
    setSaid(isKept ? `Saved as ${wanted}.` : 'This browser remembers nothing for this page.');
  };
  return (
    <form className={styles.form} onSubmit={save}>
      <label>
        Name of the view
        <input
          ref={input}
          className={field.input}
          value={name}
          maxLength={MOST_NAME}
          spellCheck={false}
          autoComplete="off"
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <p role="status">{said || 'Filters, namespaces, sort and columns, kept by this browser.'}</p>
      <Button type="submit" tone="primary" waits={waits}>
        {isKnown ? 'Save over it' : 'Save'}
      </Button>
    </form>
  );
}
