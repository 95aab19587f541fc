import type { ReactNode } from 'react';
import page from './page.module.css';

/** Facts in a row: label grey, value beside it. */
export function Facts(props: {
  readonly facts: readonly { readonly label: string; readonly value: ReactNode }[];
}) {
  return (
    <dl className={page.facts}>
      {props.facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
