'use client';
import { BrokenView } from '#components/shell/broken-view.tsx';

/** A view broke: the frame around it stays alive. */
export default function ErrorPage(props: {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}) {
  return <BrokenView error={props.error} onRetry={props.reset} />;
}
