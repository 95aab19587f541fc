'use client';
import { Freshness } from '#components/resources/connection/freshness.tsx';
import { ownerHref } from '#components/resources/detail/owners.tsx';
import type { Fact, ResourceLook } from '#components/resources/look.ts';
import type { Kind } from '#components/resources/use-kind.ts';
import { Age } from '#components/table/age.tsx';
import { stateWords } from '#components/table/cell-text.ts';
import { Facts } from '#components/ui/facts.tsx';
import { Link } from '#components/ui/link.tsx';
import { useNow } from '#components/ui/now.tsx';
import page from '#components/ui/page.module.css';
import { StatePill } from '#components/ui/state.tsx';
import type { LiveObject } from '#lib/live/live-client.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';
import type { State } from '#lib/resources/cell.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { definitionOf } from '#lib/resources/registry.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { leaving } from '#lib/resources/states.ts';
import { Crumbs } from './crumbs.tsx';
import { DeleteAction } from './delete-action.tsx';
import { isGone } from './detail-state.ts';

export interface DetailHeaderProps {
  readonly reference: ObjectReference;
  readonly kind: Kind;
  readonly live: LiveObject;
  readonly object: PartialObject;
  readonly look: ResourceLook;
}

/** Crumbs, name, verdict, freshness, actions; below, why, then the facts. */
export function DetailHeader(props: DetailHeaderProps) {
  const { reference, object, look, live } = props;
  const why = look.why(object);
  return (
    <div className={page.header}>
      <Crumbs reference={reference} kind={props.kind} />
      <div className={page.line}>
        <h1 className={page.title}>{reference.name}</h1>
        <HeaderState {...props} />
        <Freshness cluster={reference.cluster} fresh={live} title="The watch on this object" />
        <div className={page.actions}>
          <DeleteAction {...props} />
        </div>
      </div>
      {why === '' ? null : <p className={page.why}>{why.length > 600 ? `${why.slice(0, 599)}…` : why}</p>}
      <Facts facts={[...look.facts(object, reference), ...sharedFacts(props)]} />
    </div>
  );
}

function HeaderState(props: DetailHeaderProps) {
  const nowMs = useNow();
  const { tone } = useFreshness(props.reference.cluster, props.live);
  const state = stateOf(props);
  if (state === null) return null;
  const was = tone === 'stale' || isGone(props.live);
  return <StatePill state={{ ...state, words: was ? state.words : stateWords(state, nowMs) }} was={was} />;
}

/** The kind's own verdict, in the words of its list; other kinds only say that they leave. */
function stateOf(props: DetailHeaderProps): State | null {
  const definition = definitionOf(props.reference.resource);
  if (definition !== undefined) return definition.stateOf(props.object);
  return props.object.metadata.deletedMs > 0 ? leaving(props.object.metadata) : null;
}

function sharedFacts(props: DetailHeaderProps): readonly Fact[] {
  const { metadata } = props.object;
  const facts: Fact[] = [];
  const owner =
    metadata.ownerReferences.find((candidate) => candidate.controller) ?? metadata.ownerReferences[0];
  if (owner !== undefined && owner.name !== '') {
    const href = ownerHref(owner, props.reference, props.kind.cluster.types);
    const words = `${owner.kind} ${owner.name}`;
    facts.push({ label: 'Owner', value: href === null ? words : <Link href={href}>{words}</Link> });
  }
  if (metadata.lastChange !== null) {
    facts.push({
      label: 'Changed by',
      value: (
        <>
          {metadata.lastChange.manager}, <Age atMs={metadata.lastChange.atMs} ago />
        </>
      ),
    });
  }
  facts.push({ label: 'Age', value: <Age atMs={metadata.createdMs} units={2} /> });
  return facts;
}
