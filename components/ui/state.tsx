'use client';
import { Glyph, type GlyphName } from './glyph.tsx';
import { useStale } from './stale.tsx';
import styles from './state.module.css';

export type Level = 'failed' | 'warning' | 'unknown' | 'progress' | 'ok';

/** A state is glyph, word and colour; any two of them are enough. The word is the reason, never the class. */
export interface StateLook {
  readonly level: Level;
  readonly words: string;
  readonly glyph?: GlyphName;
}

/** `done` and `gone` are quiet whatever their level: nothing is asked of anybody. */
function toneOf(state: StateLook): string {
  if (state.glyph === 'done') return 'done';
  if (state.glyph === 'gone') return 'gone';
  if (state.glyph === 'wait' && state.level === 'progress') return 'wait';
  return state.level;
}

/** Running text in a cell: it ends in an ellipsis. */
export function StateWord(props: {
  readonly state: StateLook;
  readonly was?: boolean;
  readonly title?: string;
}) {
  const { state } = props;
  const isStale = useStale();
  if (props.was ?? isStale) {
    return (
      <span className={`${styles.word} ${styles.unknown}`} title={props.title}>
        <Glyph name="unknown" className={styles.glyph} />
        was {state.words}
      </span>
    );
  }
  return (
    <span className={`${styles.word} ${styles[toneOf(state)]}`} title={props.title ?? state.words}>
      <Glyph name={state.glyph ?? state.level} className={styles.glyph} />
      {state.words}
    </span>
  );
}

export function StatePill(props: { readonly state: StateLook; readonly was?: boolean }) {
  const { state } = props;
  const look: StateLook = props.was ? { level: 'unknown', words: `was ${state.words}` } : state;
  return (
    <span className={`${styles.pill} ${styles[toneOf(look)]}`}>
      <Glyph name={look.glyph ?? look.level} />
      <span className={styles.pillWords} title={look.words}>
        {look.words}
      </span>
    </span>
  );
}
