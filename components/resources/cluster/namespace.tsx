import { Link } from '#components/ui/link.tsx';
import { Section } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import { conditionsOf, textAt, textsAt } from '#lib/resources/read.ts';
import { routes } from '#lib/routes.ts';
import styles from '../detail/detail.module.css';
import type { ResourceLook, SectionProps } from '../look.ts';

export const namespaceLook: ResourceLook = {
  /** A namespace that does not end says in its conditions what is left. */
  why: ({ fields }) =>
    conditionsOf(fields)
      .filter((condition) => condition.status === 'True' && condition.message !== '')
      .slice(0, 2)
      .map((condition) => condition.message)
      .join(' '),
  facts: ({ fields }) => [
    { label: 'Phase', value: textAt(fields, 'status', 'phase') || '?' },
    ...(textsAt(fields, 'spec', 'finalizers').length === 0
      ? []
      : [{ label: 'Finalizers', value: textsAt(fields, 'spec', 'finalizers').join(', ') }]),
  ],
  Sections: NamespaceSections,
};

const PLACES = [
  ['deployments.apps', 'Deployments'],
  ['pods', 'Pods'],
  ['services', 'Services'],
  ['configmaps', 'ConfigMaps'],
  ['secrets', 'Secrets'],
  ['persistentvolumeclaims', 'PersistentVolumeClaims'],
  ['events', 'Events'],
] as const;

function NamespaceSections(props: SectionProps) {
  const { cluster, name } = props.reference;
  return (
    <Section title="What is in it">
      <ul className={styles.places}>
        {PLACES.map(([resource, label]) => (
          <li key={resource}>
            <Link className={text.link} href={routes.kind(cluster, resource, [name])}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
