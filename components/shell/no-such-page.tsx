import { Notice } from '#components/ui/notice.tsx';

/** An address of a form that no page has; stands inside the frame. */
export function NoSuchPage() {
  return (
    <Notice page title="There is no page here">
      <p>
        The address has a form that no page of the console has. Objects are found under
        cluster/kind/namespace/name, those without a namespace under cluster/kind/name.
      </p>
    </Notice>
  );
}
