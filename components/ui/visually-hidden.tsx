import type { ReactNode } from 'react';
import text from './text.module.css';

/** Words for those who hear the page; not seen. */
export function VisuallyHidden(props: { readonly children: ReactNode; readonly id?: string }) {
  return (
    <span className={text.hidden} id={props.id}>
      {props.children}
    </span>
  );
}
