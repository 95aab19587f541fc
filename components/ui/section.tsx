import { type ReactNode, useId } from 'react';
import { ScrollRegion } from './scroll-region.tsx';
import styles from './section.module.css';

/** A region of a page, divided from the next by a hairline: title, a grey remark, something on the right. */
export function Section(props: {
  readonly title: string;
  readonly remark?: ReactNode;
  readonly right?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id}>{props.title}</h2>
        {props.remark === undefined ? null : <span className={styles.remark}>{props.remark}</span>}
        {props.right === undefined ? null : <div className={styles.right}>{props.right}</div>}
      </div>
      {props.children}
    </section>
  );
}

/** Pairs in two columns. */
export function KeyValues(props: { readonly pairs: readonly (readonly [key: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.pairs}>
      {props.pairs.map(([key, value]) => (
        <div key={key} className={styles.pair}>
          <dt>{key}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A table of few rows inside a section; it scrolls sideways by itself. */
export function SmallTable(props: {
  readonly label: string;
  readonly heads: readonly { readonly label: string; readonly right?: boolean }[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
}) {
  return (
    <ScrollRegion className={styles.wrap} label={props.label}>
      <table className={styles.table}>
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head.label} scope="col" className={head.right ? styles.figure : undefined}>
                {head.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, place) => (
                <td
                  key={props.heads[place]?.label ?? ''}
                  className={props.heads[place]?.right ? styles.figure : undefined}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
