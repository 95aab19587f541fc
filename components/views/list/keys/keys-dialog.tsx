'use client';
import { Dialog } from '#components/ui/overlay/dialog.tsx';
import styles from './keys-dialog.module.css';

type Keys = readonly (readonly [keys: readonly string[], what: string])[];

const ANYWHERE: Keys = [
  [['/'], 'Filter'],
  [['?'], 'These keys'],
  [['esc'], 'One layer back: dialog, marks, filters that hide everything'],
];
const ROWS: Keys = [
  [['j', 'k', '↓', '↑'], 'Next and previous row'],
  [['page up', 'page down'], 'A view further'],
  [['home', 'end'], 'First and last row of all'],
  [['→', '←'], 'Through the cells of the row'],
  [['enter'], 'Open'],
  [['x', 'space'], 'Mark, or take the mark off'],
  [['shift space'], 'Mark all from the one marked last'],
  [['shift ↓', 'shift ↑'], 'Mark on the way'],
  [['ctrl a'], 'Mark all that match'],
  [['ctrl c'], 'Copy the row, or the cell'],
];

/** What the keyboard does on a list. */
export function KeysDialog(props: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title="Keys">
      <div className={styles.keys}>
        <KeyList title="Anywhere on this page" keys={ANYWHERE} />
        <KeyList title="In the rows" keys={ROWS} />
      </div>
    </Dialog>
  );
}

function KeyList(props: { readonly title: string; readonly keys: Keys }) {
  return (
    <section>
      <h3 className={styles.title}>{props.title}</h3>
      <dl className={styles.list}>
        {props.keys.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
