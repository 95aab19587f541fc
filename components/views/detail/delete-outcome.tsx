import { errorWords } from '#components/resources/connection/error-words.ts';
import { Note } from '#components/ui/note.tsx';
import type { CheckedState, WriteResult } from '#lib/resources/api-error.ts';

/** How it ended: accepted, refused with the API server's reason, or not known with what a look afterwards saw. */
export function DeleteOutcome(props: {
  readonly result: WriteResult;
  readonly one: string;
  readonly name: string;
}) {
  const { result, one, name } = props;
  return (
    <div role="status">
      {result.outcome === 'done' ? (
        <Note level="ok" title="The API server accepted it">
          <p>{name} leaves the page when the watch confirms that it is gone.</p>
          {result.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Note>
      ) : result.outcome === 'refused' ? (
        <Note level="failed" title={`The ${one} was not deleted`}>
          <p>
            {errorWords(result.error)} {result.error.message}
          </p>
          {result.error.causes.map((cause) => (
            <p key={`${cause.field ?? ''} ${cause.message}`}>{cause.message}</p>
          ))}
        </Note>
      ) : (
        <Note level="unknown" title="The answer was lost">
          <p>{checkedWords(result.checked, one, name)}</p>
          <p>{result.error.message}</p>
        </Note>
      )}
    </div>
  );
}

function checkedWords(checked: CheckedState, one: string, name: string): string {
  switch (checked.state) {
    case 'gone':
      return `A look afterwards found no ${one} ${name}: it is gone.`;
    case 'leaving':
      return `A look afterwards found it leaving: the deletion was taken.`;
    case 'present':
      return `A look afterwards found it unchanged: the deletion was probably not taken. Try again if you still want it.`;
    case 'unchecked':
      return `Whether it was taken is not known: a look afterwards failed too. The page shows what the watch sees.`;
  }
}
