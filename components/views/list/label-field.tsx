'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import field from '#components/ui/field.module.css';
import styles from './filter-bar.module.css';

/** One more requirement in Kubernetes' own syntax. Enter adds it, esc closes. */
export function LabelField(props: { readonly onAdd: (term: string) => void; readonly onClose: () => void }) {
  const [term, setTerm] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (term.trim() === '') props.onClose();
    else props.onAdd(term.trim());
  };
  return (
    <form onSubmit={submit}>
      <input
        ref={input}
        className={`${field.input} ${styles.label}`}
        aria-label="Label requirement"
        placeholder="tier=backend, team in (a, b)"
        value={term}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        onChange={(event) => setTerm(event.target.value)}
        onBlur={() => (term.trim() === '' ? props.onClose() : undefined)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') props.onClose();
        }}
      />
    </form>
  );
}
