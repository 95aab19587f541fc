'use client';
import { lookOf } from '#components/resources/looks.ts';
import { relationsOf } from '#components/resources/relations.ts';
import { type Kind, useKind } from '#components/resources/use-kind.ts';
import { useQuestion } from '#components/ui/address/address-provider.tsx';
import page from '#components/ui/page.module.css';
import { StaleRegion } from '#components/ui/stale.tsx';
import type { LiveObject } from '#lib/live/live-client.ts';
import { QueriesProvider } from '#lib/live/queries-provider.tsx';
import { useFreshness } from '#lib/live/use-freshness.ts';
import { useLiveObject } from '#lib/live/use-live-object.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { partialOf } from '#lib/resources/partial-object.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { DetailHeader } from './detail-header.tsx';
import { DetailNotice } from './detail-notice.tsx';
import { isGone } from './detail-state.ts';
import { DetailTabs } from './detail-tabs.tsx';
import styles from './detail-view.module.css';
import { EventsTab } from './events-tab.tsx';
import { GoneBar } from './gone-bar.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RelatedTab } from './related-tab.tsx';
import { YamlTab } from './yaml-tab.tsx';

/** One object, live: its verdict, its facts, and what belongs to it. */
export function DetailView(props: { readonly reference: ObjectReference }) {
  const { reference } = props;
  const kind = useKind(reference.cluster, reference.resource);
  const live = useLiveObject(reference);
  const object = partialOf(live.object);
  const tab = new URLSearchParams(useQuestion()).get('tab') ?? '';
  if (object === null || live.connection.state === 'forbidden') {
    return <DetailNotice reference={reference} kind={kind} live={live} />;
  }
  return (
    <QueriesProvider>
      <div className={page.scroll}>
        {isGone(live) ? <GoneBar live={live} object={object} reference={reference} kind={kind} /> : null}
        <DetailHeader
          reference={reference}
          kind={kind}
          live={live}
          object={object}
          look={lookOf(reference.resource)}
        />
        <DetailTabs reference={reference} tab={tab} object={object} types={kind.cluster.types} />
        <Panel reference={reference} kind={kind} live={live} object={object} tab={tab} />
      </div>
    </QueriesProvider>
  );
}

interface PanelProps {
  readonly reference: ObjectReference;
  readonly kind: Kind;
  readonly live: LiveObject;
  readonly object: PartialObject;
  readonly tab: string;
}

function Panel(props: PanelProps) {
  const { reference, object, tab } = props;
  const { tone } = useFreshness(reference.cluster, props.live);
  const relation = relationsOf(reference.resource, object).find((candidate) => candidate.resource === tab);
  const isStale = tone === 'stale' || isGone(props.live);
  const className = isStale ? styles.stale : undefined;
  if (tab === 'yaml') return <YamlTab object={props.live.object ?? {}} className={className} />;
  if (tab === 'events') return <EventsTab reference={reference} object={object} />;
  if (relation !== undefined) {
    return <RelatedTab key={tab} reference={reference} object={object} relation={relation} />;
  }
  return (
    <StaleRegion stale={isStale}>
      <OverviewTab {...props} className={className} />
    </StaleRegion>
  );
}
