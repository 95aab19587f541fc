'use client';
import { emptyWords } from '#components/resources/empty-words.ts';
import type { Kind } from '#components/resources/use-kind.ts';
import { Button } from '#components/ui/button.tsx';
import { FilterChip } from '#components/ui/chip.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { formatCount } from '#lib/format/number.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import { filtersOf, NO_FILTERS } from './list-filters.ts';
import type { ListSpec } from './use-list-spec.ts';

/** Complete and nothing there: says what the kind is for, and how one looks. */
export function EmptyList(props: {
  readonly kind: Kind;
  readonly resource: string;
  readonly spec: QuerySpec;
}) {
  const { kind, spec } = props;
  const [only, ...more] = spec.namespaces;
  const where =
    only === undefined
      ? ''
      : more.length === 0
        ? ` in ${only}`
        : ` in these ${spec.namespaces.length} namespaces`;
  const words = emptyWords(props.resource);
  return (
    <Notice title={`No ${kind.words}${where}`}>
      {words === null ? (
        <p>The cluster serves this kind, and holds none{where}. A new one appears here by itself.</p>
      ) : (
        <>
          <p>{words.what}</p>
          <CodeBlock title={`A ${kind.one}, for kubectl apply`} code={words.yaml(only ?? 'default')} />
        </>
      )}
    </Notice>
  );
}

/** The filter hides it, not the cluster. Each filter can be taken off where it is named. */
export function NothingMatches(props: {
  readonly kind: Kind;
  readonly total: number;
  readonly spec: QuerySpec;
  readonly change: ListSpec['change'];
}) {
  const filters = filtersOf(props.spec);
  return (
    <Notice
      title={`0 of ${formatCount(props.total)} ${kindNoun(props.kind, props.total)} match`}
      actions={
        <Button onClick={() => props.change(NO_FILTERS)}>
          Clear all filters <kbd>esc</kbd>
        </Button>
      }
    >
      <p>{filters.length === 1 ? 'This filter hides them:' : 'These filters hide them together:'}</p>
      <p>
        {filters.map((filter) => (
          <span key={filter.words}>
            <FilterChip code={filter.words} onRemove={() => props.change(filter.without)} />{' '}
          </span>
        ))}
      </p>
    </Notice>
  );
}

function kindNoun(kind: Kind, count: number): string {
  return count === 1 ? kind.one : kind.words;
}

export function NotServed(props: {
  readonly resource: string;
  readonly missingGroups: readonly string[];
  /** Nothing else titles the page. */
  readonly page?: boolean;
}) {
  const group = props.resource.split('.').slice(1).join('.');
  const notAnswering = props.missingGroups.find((missing) => missing.split('/')[0] === group);
  if (notAnswering !== undefined) {
    return (
      <Notice page={props.page} glyph="unknown" title={`${props.resource} is not known right now`}>
        <p>
          The API group <code>{notAnswering}</code> does not answer discovery. This page fills itself when it
          does.
        </p>
      </Notice>
    );
  }
  return (
    <Notice page={props.page} glyph="gone" title={`This cluster does not serve ${props.resource}`}>
      <p>
        No such kind, or it cannot be listed. If a CustomResourceDefinition brings it, this page fills itself
        when it is served.
      </p>
    </Notice>
  );
}
