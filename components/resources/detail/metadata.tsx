import { Link } from '#components/ui/link.tsx';
import { Section } from '#components/ui/section.tsx';
import text from '#components/ui/text.module.css';
import type { PartialObject } from '#lib/resources/definition.ts';
import { querySpec } from '#lib/resources/query-spec.ts';
import { pairsAt } from '#lib/resources/read.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';
import styles from './detail.module.css';

/** Labels lead to the list of what shares them; annotations are read. */
export function Labels(props: { readonly object: PartialObject; readonly reference: ObjectReference }) {
  const { cluster, resource, namespace } = props.reference;
  const pairs = pairsAt(props.object.metadata.labels);
  return (
    <Section title="Labels">
      {pairs.length === 0 ? <p className={text.t3}>None</p> : null}
      <div className={styles.labels}>
        {pairs.map(([key, value]) => (
          <Link
            key={key}
            className={styles.label}
            title={`Others with ${key}=${value}`}
            href={routes.list(
              querySpec({
                cluster,
                kinds: [resource],
                namespaces: namespace === '' ? [] : [namespace],
                labelSelector: `${key}=${value}`,
              }),
            )}
          >
            <code>{value === '' ? key : `${key}=${value}`}</code>
          </Link>
        ))}
      </div>
    </Section>
  );
}

export function Annotations(props: { readonly object: PartialObject }) {
  const pairs = pairsAt(props.object.fields, 'metadata', 'annotations');
  if (pairs.length === 0) return null;
  return (
    <Section title="Annotations">
      <dl className={styles.annotations}>
        {pairs.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd title={value.length > 200 ? undefined : value}>
              {value === '' ? '–' : value.slice(0, 2000)}
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
