'use client';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Notice } from '#components/ui/notice.tsx';

/** A view that threw. What the cluster holds is untouched; the rest of the page stays alive. */
export function BrokenView(props: {
  readonly error: Error & { digest?: string };
  readonly onRetry: () => void;
}) {
  const details = `${props.error.name}: ${props.error.message}\n${props.error.stack ?? ''}\n${props.error.digest ?? ''}`;
  return (
    <Notice
      page
      glyph="failed"
      title="This view broke"
      actions={
        <>
          <Button glyph="retry" onClick={props.onRetry}>
            Show it again
          </Button>
          <CopyButton tone="quiet" text={details}>
            Copy details
          </CopyButton>
        </>
      }
    >
      <p>The console made a mistake while drawing it; the cluster is untouched.</p>
      <p>
        <code>{props.error.message}</code>
      </p>
    </Notice>
  );
}
