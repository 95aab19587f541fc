'use client';
import type { Relation } from '#components/resources/look.ts';
import { EVENTS, relatedSpec, relationsOf } from '#components/resources/relations.ts';
import { Link } from '#components/ui/link.tsx';
import { formatCount } from '#lib/format/number.ts';
import { useLiveRows } from '#lib/live/use-live-rows.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { type ObjectReference, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import styles from './detail-view.module.css';

/** Overview, what belongs to the object, events, YAML; the open one is in the URL. */
export function DetailTabs(props: {
  readonly reference: ObjectReference;
  readonly tab: string;
  readonly object: PartialObject;
  readonly types: readonly ResourceType[] | null;
}) {
  const { reference, object, types } = props;
  const serves = (relation: Relation) =>
    types?.some((type) => resourceName(type) === relation.resource) ?? false;
  const counted = [...relationsOf(reference.resource, object), EVENTS].filter(serves);
  const known = ['yaml', ...counted.map((relation) => relation.resource)];
  const open = known.includes(props.tab) ? props.tab : '';
  return (
    <nav className={styles.tabs} aria-label="Sections">
      <Tab reference={reference} tab="" label="Overview" open={open} />
      {counted.map((relation) => (
        <Tab
          key={relation.resource}
          reference={reference}
          tab={relation.resource}
          label={relation.label}
          open={open}
        >
          <TabCount reference={reference} object={object} relation={relation} />
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
  readonly object: PartialObject;
  readonly relation: Relation;
}) {
  const spec = relatedSpec(props.reference, props.object, props.relation);
  const { counts, connection } = useLiveRows({ ...spec, window: { offset: 0, limit: 0 } });
  if (counts === null || connection.state === 'forbidden' || connection.state === 'failed') return null;
  return <span className={styles.count}>{formatCount(counts.matched)}</span>;
}
