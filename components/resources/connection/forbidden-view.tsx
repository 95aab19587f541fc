'use client';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import { rightWords, roleYaml } from './role-yaml.ts';

/** Names verb, resource and namespace, and hands out the Role. */
export function ForbiddenView(props: {
  /** 'You may not list secrets in payments'. */
  readonly title: string;
  readonly missing: readonly MissingRight[];
  readonly error?: ApiError;
  readonly user: string;
  readonly onRetry: () => void;
  readonly page?: boolean;
}) {
  const [first, ...more] = props.missing;
  return (
    <Notice
      page={props.page}
      glyph="lock"
      title={first === undefined ? props.title : `You may not ${rightWords(first)}`}
      actions={
        <Button glyph="retry" onClick={props.onRetry}>
          Ask again
        </Button>
      }
    >
      <p>
        The API server refuses
        {first === undefined ? ' this' : ' '}
        {first === undefined ? null : <code>{rightWords(first)}</code>}
        {more.length === 0 ? null : ` and ${more.length} more`}
        {props.user === '' ? '' : ` for ${props.user}`}.
        {first === undefined ? '' : ' This would be enough, send it to an administrator:'}
      </p>
      {first === undefined ? null : (
        <CodeBlock
          title={first.namespace === '' ? 'ClusterRole and ClusterRoleBinding' : 'Role and RoleBinding'}
          code={roleYaml(props.missing.slice(0, 40), props.user)}
        />
      )}
      {props.error === undefined || props.error.message === '' ? null : <p>{props.error.message}</p>}
    </Notice>
  );
}
