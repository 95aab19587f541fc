'use client';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import field from '#components/ui/field.module.css';
import { Glyph } from '#components/ui/glyph.tsx';
import { Popover } from '#components/ui/overlay/popover.tsx';
import { isNamespaceName, scopeWords, shownNamespaces, toggled } from './namespace-model.ts';
import styles from './namespace-picker.module.css';
import bar from './top-bar.module.css';

export interface NamespacePickerProps {
  /** undefined: not known yet; null: may not be listed. */
  readonly all: readonly string[] | null | undefined;
  readonly chosen: readonly string[];
  readonly onChoose: (namespaces: readonly string[]) => void;
}

/** All namespaces, or several at once. The choice is part of the URL, and a filter on the same watch. */
export function NamespacePicker(props: NamespacePickerProps) {
  const { words, count } = scopeWords(props.chosen, props.all);
  return (
    <Popover
      role="dialog"
      label="Namespaces"
      buttonClassName={bar.pick}
      title={props.chosen.join(', ') || undefined}
      face={
        <>
          <span className={bar.pickWords}>{words}</span>
          {count === '' ? null : <small>{count}</small>}
          <Glyph name="down" />
        </>
      }
    >
      <NamespaceChoice {...props} />
    </Popover>
  );
}

/** The choice itself; also stands in the menu of a narrow screen. */
export function NamespaceChoice(props: NamespacePickerProps) {
  const { all, chosen, onChoose } = props;
  const [typed, setTyped] = useState('');
  const shown = shownNamespaces(all ?? [], chosen, all === null ? '' : typed);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const only = all === null ? typed.trim() : shown.length === 1 ? shown[0]?.name : undefined;
    if (only === undefined || !isNamespaceName(only)) return;
    onChoose(all === null ? [...new Set([...chosen, only])] : toggled(chosen, only));
    setTyped('');
  };
  return (
    <div className={styles.choice}>
      <form className={styles.head} onSubmit={add}>
        <input
          className={field.input}
          value={typed}
          aria-label={all === null ? 'Name of a namespace' : 'Filter namespaces'}
          placeholder={all === null ? 'Namespace' : 'Filter'}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {all === null ? (
          <Button
            type="submit"
            waits={isNamespaceName(typed.trim()) ? undefined : 'Type the name of a namespace'}
          >
            Add
          </Button>
        ) : null}
      </form>
      <p className={styles.hint}>{hintOf(all, shown.length, typed)}</p>
      <ul className={styles.list} aria-label="Namespaces">
        <Option name="" words="All namespaces" checked={chosen.length === 0} onChange={() => onChoose([])} />
        {shown.map((item) => (
          <Option
            key={item.name}
            name={item.name}
            words={item.name}
            checked={item.chosen}
            missing={Boolean(all) && !item.known}
            onChange={() => onChoose(toggled(chosen, item.name))}
          />
        ))}
      </ul>
    </div>
  );
}

function hintOf(all: NamespacePickerProps['all'], shown: number, typed: string): string {
  if (all === undefined) return 'Reading namespaces';
  if (all === null) return 'Namespaces may not be listed. Type those you work in.';
  return shown === 0 ? `No namespace matches “${typed}”.` : '';
}

function Option(props: {
  readonly name: string;
  readonly words: string;
  readonly checked: boolean;
  readonly missing?: boolean;
  readonly onChange: () => void;
}) {
  return (
    <li>
      <label className={styles.option} title={props.missing ? 'No such namespace now' : undefined}>
        <input type="checkbox" checked={props.checked} onChange={props.onChange} />
        <span className={styles.name}>{props.words}</span>
        {props.missing ? <Glyph name="unknown" label="No such namespace now" /> : null}
      </label>
    </li>
  );
}
