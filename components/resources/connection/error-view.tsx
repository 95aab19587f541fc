'use client';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Bar } from '#components/ui/note.tsx';
import { Notice } from '#components/ui/notice.tsx';
import text from '#components/ui/text.module.css';
import { formatDuration } from '#lib/format/duration.ts';
import type { ApiError } from '#lib/resources/api-error.ts';
import { errorDetails, errorWords } from './error-words.ts';

/** The one error view: what, why, what next. */
export function ErrorView(props: {
  readonly title: string;
  readonly error: ApiError;
  /** Instead of the general words for the error's reason. */
  readonly words?: string;
  /** ms until the next try by itself; null when there is none. */
  readonly retryInMs?: number | null;
  readonly onRetry?: () => void;
  readonly page?: boolean;
}) {
  const { error, title } = props;
  const words = props.words ?? errorWords(error);
  return (
    <div role="alert">
      <Bar level="failed" glyph="failed">
        {props.page ? <h1 className={text.medium}>{title}</h1> : <b className={text.medium}>{title}</b>}
      </Bar>
      <Notice
        title={words}
        actions={
          <>
            {props.onRetry === undefined ? null : (
              <Button glyph="retry" onClick={props.onRetry}>
                Try again
              </Button>
            )}
            {props.retryInMs === undefined || props.retryInMs === null ? null : (
              <span className={`${text.t3} ${text.fs12}`}>by itself {inWords(props.retryInMs)}</span>
            )}
            <span className={text.spacer} />
            <CopyButton tone="quiet" text={errorDetails(title, error)}>
              Copy details
            </CopyButton>
          </>
        }
      >
        {error.message === '' ? null : <p>{capital(error.message)}</p>}
        <Causes error={error} />
      </Notice>
    </div>
  );
}

function Causes(props: { readonly error: ApiError }) {
  if (props.error.causes.length === 0) return null;
  return (
    <ul>
      {props.error.causes.map((cause) => (
        <li key={`${cause.field ?? ''} ${cause.message}`}>
          {cause.field === undefined ? null : <code>{cause.field} </code>}
          {cause.message}
        </li>
      ))}
    </ul>
  );
}

function inWords(ms: number): string {
  return ms <= 1000 ? 'now' : `in ${formatDuration(ms)}`;
}

/** A sentence begins with a capital; an address does not. */
function capital(text: string): string {
  if (/^[a-z]+:\/\//.test(text)) return text;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
