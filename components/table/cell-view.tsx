'use client';
import { Link } from '#components/ui/link.tsx';
import { useNow } from '#components/ui/now.tsx';
import { StateWord } from '#components/ui/state.tsx';
import type { Cell, State } from '#lib/resources/cell.ts';
import type { Column } from '#lib/resources/definition.ts';
import { Age } from './age.tsx';
import { cellLook, stateWords } from './cell-text.ts';
import styles from './cell-view.module.css';

/** One cell, in a table or in a list of facts. Stale rows say what a state was. */
export function CellView(props: {
  readonly cell: Cell | undefined;
  readonly column: Pick<Column, 'type' | 'unit'>;
  readonly href?: string | null;
  readonly stale?: boolean;
}) {
  const look = cellLook(props.cell, props.column);
  switch (look.look) {
    case 'none':
      return (
        <span className={styles.nothing} title="Does not apply">
          –
        </span>
      );
    case 'unknown':
      return (
        <span className={styles.nothing} title={`Not known: ${look.why}`}>
          ?
        </span>
      );
    case 'state':
      return look.state.untilMs === undefined ? (
        <StateWord state={look.state} was={props.stale} />
      ) : (
        <Countdown state={look.state} stale={props.stale ?? false} />
      );
    case 'time':
      return <Age atMs={look.atMs} />;
    case 'text':
      return <TextCell {...props} text={look.text} quiet={look.quiet} />;
  }
}

function Countdown(props: { readonly state: State; readonly stale: boolean }) {
  const words = stateWords(props.state, useNow());
  return <StateWord state={{ ...props.state, words }} was={props.stale} />;
}

function TextCell(props: {
  readonly text: string;
  readonly quiet: boolean;
  readonly column: Pick<Column, 'type'>;
  readonly href?: string | null;
}) {
  if (props.href !== undefined && props.href !== null) {
    return (
      <Link href={props.href} tabIndex={-1} title={props.text}>
        {props.text}
      </Link>
    );
  }
  const words = props.column.type === 'code' ? <code>{props.text}</code> : props.text;
  return (
    <span
      className={props.quiet ? styles.nothing : undefined}
      title={props.text.length > 12 ? props.text : undefined}
    >
      {words}
    </span>
  );
}
