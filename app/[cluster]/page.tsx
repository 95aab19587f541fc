import { redirect } from 'next/navigation';
import { routes } from '#lib/routes.ts';

/** Until the overview is there, a cluster opens with its pods. */
export default async function Page(props: { readonly params: Promise<{ readonly cluster: string }> }) {
  const { cluster } = await props.params;
  redirect(routes.kind(decodeURIComponent(cluster), 'pods'));
}
