import type { ReactNode } from 'react';
import styles from './chip.module.css';
import { Glyph } from './glyph.tsx';

/** A filter that is in force, in the words a machine reads; removable. */
export function FilterChip(props: {
  readonly code: string;
  readonly onRemove: () => void;
  readonly wrong?: boolean;
}) {
  return (
    <span className={`${styles.chip} ${props.wrong ? styles.wrong : styles.on}`}>
      <code className={styles.code} title={props.code}>
        {props.code}
      </code>
      <button
        type="button"
        className={styles.remove}
        aria-label={`Remove ${props.code}`}
        onClick={props.onRemove}
      >
        <Glyph name="x" small />
      </button>
    </span>
  );
}

export function AddChip(props: { readonly children: ReactNode; readonly onClick: () => void }) {
  return (
    <button type="button" className={`${styles.chip} ${styles.add}`} onClick={props.onClick}>
      <Glyph name="plus" small />
      {props.children}
    </button>
  );
}

/** A value with its live count; pressed means it filters. */
export function FacetButton(props: {
  readonly children: ReactNode;
  readonly count: string;
  readonly pressed: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <button type="button" className={styles.facet} aria-pressed={props.pressed} onClick={props.onToggle}>
      {props.children}
      <b className={styles.count}>{props.count}</b>
    </button>
  );
}
