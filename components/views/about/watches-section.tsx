'use client';
import { Link } from '#components/ui/link.tsx';
import { ScrollRegion } from '#components/ui/scroll-region.tsx';
import { StateWord } from '#components/ui/state.tsx';
import { NARROW, useMedia } from '#components/ui/use-media.ts';
import { formatPlural } from '#lib/format/number.ts';
import { routes } from '#lib/routes.ts';
import type { AboutProps } from './about-props.ts';
import styles from './about-view.module.css';
import { type WatchRow, watchRows, watchTotals } from './watch-rows.ts';

const HEADS = [
  { label: 'State' },
  { label: 'Kind' },
  { label: 'Age', right: true, less: true },
  { label: 'Confirmed', right: true },
  { label: 'Lag p99', right: true, title: 'At most: changes are dated in whole seconds' },
  { label: 'Rows', right: true },
  { label: 'Size, about', right: true },
  { label: 'A row', right: true, less: true },
  { label: 'Events a min', right: true, less: true },
  { label: 'Subscribers', right: true },
  { label: 'Last full list, and why' },
] as const;

/** Every watch over rows: how it stands, how late it is, what it holds and why it was last listed. */
export function WatchesSection({ cluster, about, time }: AboutProps) {
  const isNarrow = useMedia(NARROW);
  const { figures } = about;
  const rows = watchRows(figures.watches, time);
  const Shape = isNarrow ? WatchCards : WatchTable;
  return (
    <section id="watches" className={styles.watches} aria-labelledby="watches-title" tabIndex={-1}>
      <div className={styles.sectionHead}>
        <h2 id="watches-title">Watches</h2>
        <span className={styles.remark}>
          {rows.length}; one a kind, however many people look. A watch silent for 35 s is called stale
        </span>
      </div>
      {rows.length === 0 ? (
        <p className={styles.none}>No list is open, here or in another tab: nothing is watched.</p>
      ) : (
        <Shape cluster={cluster} rows={rows} />
      )}
      <div className={styles.foot}>
        <span>{watchTotals(figures.watches)}</span>
        <span>Confirmed by an event or a bookmark, not by the absence of errors</span>
        <span>
          {figures.objectWatches === 0
            ? 'No page of a single object is followed'
            : `${formatPlural(figures.objectWatches, 'watch', 'watches')} on single objects, not listed here`}
        </span>
      </div>
    </section>
  );
}

interface ShapeProps {
  readonly cluster: string;
  readonly rows: readonly WatchRow[];
}

function WatchTable({ cluster, rows }: ShapeProps) {
  return (
    <ScrollRegion className={styles.tableWrap} label="Watches">
      <table className={styles.table}>
        <thead>
          <tr>
            {HEADS.map((head) => (
              <th
                key={head.label}
                scope="col"
                className={classOf('right' in head, 'less' in head)}
                title={'title' in head ? head.title : undefined}
              >
                {head.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.resource}>
              <td>
                <StateWord state={row.state} />
              </td>
              <td>
                <KindLink cluster={cluster} row={row} />
              </td>
              <td className={classOf(true, true)}>{row.age}</td>
              <td className={styles.right}>{row.confirmed}</td>
              <td className={styles.right}>{row.lag}</td>
              <td className={styles.right}>{row.rows}</td>
              <td className={styles.right}>{row.size}</td>
              <td className={classOf(true, true)}>{row.perRow}</td>
              <td className={classOf(true, true)}>{row.events}</td>
              <td className={styles.right}>{row.readers}</td>
              <td className={styles.cause}>{row.lastList}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function WatchCards({ cluster, rows }: ShapeProps) {
  return (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <li key={row.resource} className={styles.card}>
          <StateWord state={row.state} />
          <span className={styles.cardAge}>{row.confirmed}</span>
          <span className={styles.cardLine}>
            <KindLink cluster={cluster} row={row} />
          </span>
          <span className={styles.cardSecond}>
            {row.rows} rows, {row.size}, lag {row.lag}, {row.readers} subscribers
          </span>
          <span className={styles.cardSecond}>{row.lastList}</span>
        </li>
      ))}
    </ul>
  );
}

function KindLink(props: { readonly cluster: string; readonly row: WatchRow }) {
  const { row } = props;
  return (
    <>
      <Link className={styles.kind} href={routes.kind(props.cluster, row.resource)}>
        {row.kind}
      </Link>{' '}
      <span className={styles.second}>{row.second}</span>
    </>
  );
}

function classOf(isRight: boolean, isLess: boolean): string {
  return [isRight ? styles.right : '', isLess ? styles.less : ''].join(' ').trim();
}
