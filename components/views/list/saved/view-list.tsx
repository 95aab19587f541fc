'use client';
import { useEffect, useRef } from 'react';
import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import { routes, searchOf, specOf } from '#lib/routes.ts';
import type { ViewsProps } from './save-view.tsx';
import { withoutView } from './saved-views.ts';
import styles from './view-tools.module.css';

/** Each a link to its question, with its columns. */
export function ViewList({ list, views, setViews }: ViewsProps) {
  const { spec, resource, setChoice } = list;
  const panel = useRef<HTMLUListElement>(null);
  useEffect(() => panel.current?.querySelector('a')?.focus(), []);
  const here = searchOf(spec);
  return (
    <ul ref={panel} className={styles.list}>
      {views.map(({ name, question, columns }) => (
        <li key={name}>
          <Link
            href={routes.list(specOf(spec.cluster, resource, new URLSearchParams(question)))}
            aria-current={question === here || undefined}
            onClick={() => {
              setChoice(columns);
              panel.current?.closest<HTMLElement>('[popover]')?.hidePopover();
            }}
          >
            {name}
          </Link>
          <button
            type="button"
            className={styles.remove}
            aria-label={`Forget ${name}`}
            onClick={() => setViews(withoutView(views, name))}
          >
            <Glyph name="x" small />
          </button>
        </li>
      ))}
    </ul>
  );
}
