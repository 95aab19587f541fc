'use client';
import './globals.css';
import { StandalonePage } from '#components/shell/standalone-page.tsx';

/** The last resort: the page itself broke. No theme, no socket, no inline style (the policy refuses them). */
export default function GlobalError(props: { readonly error: Error & { digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <StandalonePage title="This page broke" reload>
          The console itself made a mistake; the cluster is untouched. {props.error.message}
          {props.error.digest === undefined ? '' : ` (digest ${props.error.digest})`}
        </StandalonePage>
      </body>
    </html>
  );
}
