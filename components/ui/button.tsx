import type { ReactNode } from 'react';
import styles from './button.module.css';
import { Glyph, type GlyphName } from './glyph.tsx';
import { Link } from './link.tsx';

export interface ButtonLook {
  readonly children?: ReactNode;
  readonly glyph?: GlyphName;
  /** `danger` is outlined, `armed` is filled: only what is ready to destroy looks like it. */
  readonly tone?: 'primary' | 'danger' | 'armed' | 'quiet';
  readonly small?: boolean;
  /** A button that shows only its glyph must say what it does. */
  readonly label?: string;
  readonly className?: string;
}

export function buttonClass(props: ButtonLook): string {
  return [
    styles.button,
    props.tone === undefined ? '' : styles[props.tone],
    props.small ? styles.small : '',
    props.children === undefined ? styles.icon : '',
    props.className ?? '',
  ]
    .filter((name) => name !== '')
    .join(' ');
}

/**
 * An action that cannot be used stays in place, dashed, reachable by keyboard, and says why (`waits`): it is
 * aria-disabled, never removed.
 */
export function Button(
  props: ButtonLook & {
    readonly onClick?: () => void;
    readonly type?: 'button' | 'submit';
    readonly waits?: string | undefined;
    readonly autoFocus?: boolean;
  },
) {
  const waits = props.waits !== undefined;
  return (
    <button
      type={props.type ?? 'button'}
      className={buttonClass(props)}
      aria-disabled={waits || undefined}
      aria-label={props.label}
      title={props.waits ?? props.label}
      data-autofocus={props.autoFocus || undefined}
      onClick={waits ? undefined : props.onClick}
    >
      {props.glyph === undefined ? null : <Glyph name={waits ? 'lock' : props.glyph} />}
      {props.children}
    </button>
  );
}

export function ButtonLink(props: ButtonLook & { readonly href: string }) {
  return (
    <Link className={buttonClass(props)} href={props.href} aria-label={props.label}>
      {props.glyph === undefined ? null : <Glyph name={props.glyph} />}
      {props.children}
    </Link>
  );
}
