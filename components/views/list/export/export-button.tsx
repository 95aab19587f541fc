'use client';
import dynamic from 'next/dynamic';
import { Button } from '#components/ui/button.tsx';
import { useOpening } from '#components/ui/overlay/use-opening.ts';
import type { List } from '../list.ts';

const ExportDialog = dynamic(() => import('./export-dialog.tsx').then((module) => module.ExportDialog), {
  ssr: false,
});

export function ExportButton(props: {
  readonly list: List;
  readonly which: 'all' | 'marked';
  readonly small?: boolean;
}) {
  const { list, which, small = false } = props;
  const opening = useOpening();
  return (
    <>
      <Button glyph="download" small={small} onClick={opening.open}>
        Export
      </Button>
      {opening.count === 0 ? null : (
        <ExportDialog
          key={opening.count}
          opened={opening.isOpen}
          onClose={opening.close}
          list={list}
          which={which}
        />
      )}
    </>
  );
}
