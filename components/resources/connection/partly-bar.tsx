'use client';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Bar } from '#components/ui/note.tsx';
import text from '#components/ui/text.module.css';
import type { Connection } from '#lib/resources/connection.ts';
import { rightWords, roleYaml } from './role-yaml.ts';

/** Some namespaces answered: how many, which not, and the Role that would be enough. */
export function PartlyBar(props: { readonly connection: Connection; readonly user: string }) {
  const { namespaces, state } = props.connection;
  if (namespaces === undefined || state === 'forbidden') return null;
  const [first] = namespaces.missing;
  const copy =
    first === undefined ? undefined : (
      <CopyButton text={() => roleYaml(namespaces.missing, props.user)}>Copy the Role</CopyButton>
    );
  if (namespaces.total === 0) {
    return (
      <Bar level="plain" glyph="lock" action={copy}>
        From the {namespaces.readable === 1 ? 'one namespace' : `${namespaces.readable} namespaces`} known to
        be yours.{' '}
        {first === undefined
          ? 'Whether there are others is not known.'
          : `To see all, you need ${rightWords(first)}.`}
      </Bar>
    );
  }
  if (namespaces.readable >= namespaces.total) return null;
  const missing = namespaces.total - namespaces.readable;
  return (
    <Bar level="plain" glyph="lock" action={copy}>
      From {namespaces.readable} of {namespaces.total} namespaces.{' '}
      <span className={text.t2} title={namespaces.missing.map(rightWords).join('\n')}>
        {missing} not readable
      </span>
    </Bar>
  );
}
