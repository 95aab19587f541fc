import { Glyph } from '#components/ui/glyph.tsx';
import { Link } from '#components/ui/link.tsx';
import { Section } from '#components/ui/section.tsx';
import type { OwnerReference, PartialObject } from '#lib/resources/definition.ts';
import { type ObjectReference, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import styles from './detail.module.css';

/** Where an owner reference leads; null while its kind is not known here. An owner is in the same namespace or in none. */
export function ownerHref(
  owner: OwnerReference,
  reference: ObjectReference,
  types: readonly ResourceType[] | null,
): string | null {
  const group = owner.apiVersion.includes('/') ? (owner.apiVersion.split('/')[0] ?? '') : '';
  const type = types?.find((candidate) => candidate.kind === owner.kind && candidate.group === group);
  if (type === undefined || owner.name === '') return null;
  const namespace = type.scope === 'Namespaced' ? reference.namespace : '';
  return routes.object({
    cluster: reference.cluster,
    resource: resourceName(type),
    namespace,
    name: owner.name,
  });
}

/** Owners with their kind; what else belongs to the object has tabs of its own. */
export function Owners(props: {
  readonly object: PartialObject;
  readonly reference: ObjectReference;
  readonly types: readonly ResourceType[] | null;
}) {
  const owners = props.object.metadata.ownerReferences.filter((owner) => owner.name !== '');
  if (owners.length === 0) return null;
  return (
    <Section title="Belongs to">
      <ul className={styles.related}>
        {[...new Map(owners.map((owner) => [`${owner.kind} ${owner.name} ${owner.uid}`, owner]))].map(
          ([key, owner]) => {
            const href = ownerHref(owner, props.reference, props.types);
            return (
              <li key={key}>
                <Glyph name="workloads" />
                <div>
                  {href === null ? (
                    <span className={styles.relatedName}>{owner.name}</span>
                  ) : (
                    <Link className={styles.relatedName} href={href}>
                      {owner.name}
                    </Link>
                  )}
                  <span className={styles.relatedKind}>{owner.kind}</span>
                  <div className={styles.relatedWords}>
                    {owner.controller
                      ? 'Controls it: makes, changes and replaces it'
                      : 'Owns it: they are deleted together'}
                  </div>
                </div>
              </li>
            );
          },
        )}
      </ul>
    </Section>
  );
}
