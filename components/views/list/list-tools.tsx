'use client';
import dynamic from 'next/dynamic';
import { buttonClass } from '#components/ui/button.tsx';
import { Glyph } from '#components/ui/glyph.tsx';
import { Popover } from '#components/ui/overlay/popover.tsx';
import page from '#components/ui/page.module.css';
import { ExportButton } from './export/export-button.tsx';
import type { List } from './list.ts';
import styles from './list-view.module.css';

const ColumnsPanel = dynamic(
  () => import('./columns/columns-panel.tsx').then((module) => module.ColumnsPanel),
  { ssr: false },
);

/** Beside the title: what the list shows, and what leaves it. What they open is loaded when first asked for. */
export function ListTools({ list }: { readonly list: List }) {
  return (
    <div className={`${page.actions} ${styles.tools}`}>
      <Popover
        role="dialog"
        label="Columns"
        place="end"
        widthPx={340}
        buttonClassName={buttonClass({ children: true })}
        face={
          <>
            <Glyph name="columns" />
            Columns
          </>
        }
      >
        <ColumnsPanel list={list} />
      </Popover>
      <ExportButton list={list} which="all" />
    </div>
  );
}
