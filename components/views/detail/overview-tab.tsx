'use client';
import { Conditions } from '#components/resources/detail/conditions.tsx';
import { Annotations, Labels } from '#components/resources/detail/metadata.tsx';
import { Owners } from '#components/resources/detail/owners.tsx';
import { lookOf } from '#components/resources/looks.ts';
import { EVENTS, relationsOf } from '#components/resources/relations.ts';
import type { Kind } from '#components/resources/use-kind.ts';
import { ScrollRegion } from '#components/ui/scroll-region.tsx';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import styles from './detail-view.module.css';
import { ShortList } from './short-list.tsx';

/** Left what it is and what it runs, right what it says of itself and where it belongs. */
export function OverviewTab(props: {
  readonly reference: ObjectReference;
  readonly kind: Kind;
  readonly object: PartialObject;
  readonly className: string | undefined;
}) {
  const { reference, object } = props;
  const { Sections } = lookOf(reference.resource);
  const [first] = relationsOf(reference.resource, object);
  return (
    <ScrollRegion className={`${styles.panel} ${props.className ?? ''}`} label="Overview">
      <div className={styles.columns}>
        <div>
          {first === undefined ? null : <ShortList reference={reference} object={object} relation={first} />}
          <Sections object={object} reference={reference} />
          {reference.resource === 'events' ? null : (
            <ShortList reference={reference} object={object} relation={EVENTS} />
          )}
        </div>
        <div className={styles.aside}>
          <Conditions object={object} />
          <Owners object={object} reference={reference} types={props.kind.cluster.types} />
          <Labels object={object} reference={reference} />
          <Annotations object={object} />
        </div>
      </div>
    </ScrollRegion>
  );
}
