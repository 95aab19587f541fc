'use client';
import type { MouseEvent } from 'react';
import { Glyph } from '#components/ui/glyph.tsx';
import { useStale } from '#components/ui/stale.tsx';
import type { Level } from '#components/ui/state.tsx';
import type { AboutProps } from './about-props.ts';
import styles from './about-view.module.css';
import { type TileFigures, tilesOf } from './tiles.ts';

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  ok: 'fine',
  progress: 'in progress',
  warning: 'needs a look',
  failed: 'failed',
  unknown: 'not known',
};

/** The condition in six figures; each leads to the section behind it. */
export function AboutTiles({ about, time }: AboutProps) {
  return (
    <ul className={styles.tiles} aria-label="Condition">
      {tilesOf(about.figures, time.timeOf).map((tile) => (
        <li key={tile.label}>
          <Tile {...tile} />
        </li>
      ))}
    </ul>
  );
}

function Tile(props: TileFigures) {
  const level = useStale() ? 'unknown' : props.level;
  return (
    <a className={`${styles.tile} ${styles[level]}`} href={`#${props.section}`} onClick={show}>
      <span className={styles.label}>{props.label}</span>
      <span className={styles.figure}>
        <Glyph name={level} label={LEVEL_WORDS[level]} />
        <b>{props.figure}</b> <small>{props.unit}</small>
      </span>
      <span className={styles.sub}>{props.sub}</span>
      <span className={styles.age}>{props.span}</span>
    </a>
  );
}

/** The section comes into view and takes the focus; the address stays, for it belongs to the console's questions. */
function show(event: MouseEvent<HTMLAnchorElement>) {
  const section = document.getElementById(event.currentTarget.hash.slice(1));
  if (section === null) return;
  event.preventDefault();
  section.scrollIntoView({ block: 'start' });
  section.focus({ preventScroll: true });
}
