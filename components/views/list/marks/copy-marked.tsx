'use client';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { VisuallyHidden } from '#components/ui/visually-hidden.tsx';
import { exportRows } from '#lib/live/export-rows.ts';
import { markedExported, shownColumns } from '../export/exported.ts';
import type { List } from '../list.ts';

const MOST_COPIED = 10_000;

/** The marked rows as text, as they are now: a line a row, tabs between the columns shown. */
export function CopyMarked({ list }: { readonly list: List }) {
  const [said, setSaid] = useState('');
  const exported = markedExported(list);
  const tooMany = (exported.count ?? 0) > MOST_COPIED ? 'Too many for the clipboard: export them' : undefined;
  const copy = async () => {
    setSaid('Copying');
    const asked = { format: 'tsv', columns: shownColumns(list), ...exported.part } as const;
    const end = await exportRows(exported.spec, asked, new AbortController().signal);
    if (end.outcome !== 'done') return setSaid('Not copied');
    const isCopied = await navigator.clipboard.writeText(await end.blob.text()).then(
      () => true,
      () => false,
    );
    const gone = exported.count === null ? 0 : exported.count - end.rows;
    setSaid(isCopied ? `${end.rows} copied${gone > 0 ? `, ${gone} gone` : ''}` : 'The browser refused');
  };
  return (
    <span>
      <Button small glyph="copy" waits={exported.waits ?? tooMany} onClick={() => void copy()}>
        {said === '' ? 'Copy' : said}
      </Button>
      <span role="status">
        <VisuallyHidden>{said}</VisuallyHidden>
      </span>
    </span>
  );
}
