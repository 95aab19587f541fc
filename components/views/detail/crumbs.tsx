import type { Kind } from '#components/resources/use-kind.ts';
import { Link } from '#components/ui/link.tsx';
import page from '#components/ui/page.module.css';
import type { ObjectReference } from '#lib/resources/resource-type.ts';
import { routes } from '#lib/routes.ts';

/** Namespace, then the kind's list in it. */
export function Crumbs(props: { readonly reference: ObjectReference; readonly kind: Kind }) {
  const { cluster, resource, namespace } = props.reference;
  return (
    <nav className={page.crumbs} aria-label="Where this is">
      {namespace === '' ? null : (
        <>
          <Link href={routes.object({ cluster, resource: 'namespaces', namespace: '', name: namespace })}>
            {namespace}
          </Link>
          <span aria-hidden="true">/</span>
        </>
      )}
      <Link href={routes.kind(cluster, resource, namespace === '' ? [] : [namespace])}>
        {props.kind.title}
      </Link>
    </nav>
  );
}
