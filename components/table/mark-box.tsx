'use client';
import type { MouseEvent } from 'react';
import { Glyph } from '#components/ui/glyph.tsx';
import styles from './mark-box.module.css';

/** A box to tick that fills its cell. Not in the tab order: the row's keys do the same. */
export function MarkBox(props: {
  readonly checked: boolean | 'mixed';
  readonly label: string;
  readonly inTabOrder?: boolean;
  readonly onClick: (event: MouseEvent) => void;
}) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={props.checked}
      aria-label={props.label}
      tabIndex={props.inTabOrder ? undefined : -1}
      className={styles.box}
      onMouseDown={(event) => event.shiftKey && event.preventDefault()}
      onClick={props.onClick}
    >
      <i>
        {props.checked === false ? null : <Glyph name={props.checked === true ? 'check' : 'minus'} small />}
      </i>
    </button>
  );
}
