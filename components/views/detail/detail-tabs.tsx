'use client';
import { relationsOf } from '#components/resources/relations.ts';
import { Link } from '#components/ui/link.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { Related } from '#lib/resources/query-spec.ts';
import {
  type ObjectReference,
  type ResourceName,
  type ResourceType,
  resourceName,
} from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import styles from './detail-view.module.css';
import { relatedSpec } from './related-spec.ts';

/** Overview, what belongs to the object, events, YAML; the open one is in the URL. */
export function DetailTabs(props: {
  readonly reference: ObjectReference;
  readonly tab: string;
  readonly uid: string;
  readonly types: readonly ResourceType[] | null;
}) {
  const { reference, uid, types } = props;
  const serves = (resource: ResourceName) => types?.some((type) => resourceName(type) === resource) ?? false;
  const relations = relationsOf(reference.resource).filter((relation) => serves(relation.resource));
  const known = ['events', 'yaml', ...relations.map((relation) => relation.resource)];
  const open = known.includes(props.tab) ? props.tab : '';
  const counted = [
    ...relations.map((relation) => ({ tab: relation.resource, label: relation.label, by: relation.by })),
    ...(serves('events') ? [{ tab: 'events', label: 'Events', by: 'involvedObject' as const }] : []),
  ];
  return (
    <nav className={styles.tabs} aria-label="Sections">
      <Tab reference={reference} tab="" label="Overview" open={open} />
      {counted.map((item) => (
        <Tab key={item.tab} reference={reference} tab={item.tab} label={item.label} open={open}>
          <TabCount reference={reference} resource={item.tab} by={item.by} uid={uid} />
        </Tab>
      ))}
      <Tab reference={reference} tab="yaml" label="YAML" open={open} />
    </nav>
  );
}

function Tab(props: {
  readonly reference: ObjectReference;
  readonly tab: string;
  readonly label: string;
  readonly open: string;
  readonly children?: React.ReactNode;
}) {
  return (
    <Link
      className={styles.tab}
      href={routes.object(props.reference, props.tab)}
      scroll={false}
      aria-current={props.open === props.tab ? 'page' : undefined}
    >
      {props.label}
      {props.children}
    </Link>
  );
}

/** A count asks for no rows. Nothing is shown while it is not known. */
function TabCount(props: {
  readonly reference: ObjectReference;
  readonly resource: ResourceName;
  readonly by: Related['by'];
  readonly uid: string;
}) {
  const spec = relatedSpec(props.reference, props.resource, { uid: props.uid, by: props.by });
  const { counts, connection } = useLiveRows({ ...spec, window: { offset: 0, limit: 0 } });
  if (counts === null || connection.state === 'forbidden' || connection.state === 'failed') return null;
  return <span className={styles.count}>{formatCount(counts.matched)}</span>;
}
