import type { Metadata } from 'next';
import { NoSuchPage } from '#components/shell/no-such-page.tsx';
import { DetailView } from '#components/views/detail/detail-view.tsx';
import { resourceTitle } from '#lib/routes.ts';

interface Params {
  readonly params: Promise<{ readonly cluster: string; readonly resource: string; readonly name: string[] }>;
}

export async function generateMetadata(props: Params): Promise<Metadata> {
  const { resource, name } = await props.params;
  return {
    title: `${decodeURIComponent(name.at(-1) ?? '')} · ${resourceTitle(decodeURIComponent(resource))}`,
  };
}

/** [...name] is the name, or namespace and name. */
export default async function Page(props: Params) {
  const { cluster, resource, name } = await props.params;
  const parts = name.map(decodeURIComponent);
  if (parts.length > 2) return <NoSuchPage />;
  const reference = {
    cluster: decodeURIComponent(cluster),
    resource: decodeURIComponent(resource),
    namespace: parts.length === 2 ? (parts[0] ?? '') : '',
    name: parts.at(-1) ?? '',
  };
  return <DetailView key={JSON.stringify(reference)} reference={reference} />;
}
