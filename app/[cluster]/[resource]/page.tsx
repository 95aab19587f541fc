import type { Metadata } from 'next';
import { ListView } from '#components/views/list/list-view.tsx';
import { resourceTitle } from '#lib/routes.ts';

interface Params {
  readonly params: Promise<{ readonly cluster: string; readonly resource: string }>;
}

export async function generateMetadata(props: Params): Promise<Metadata> {
  const { cluster, resource } = await props.params;
  return { title: `${resourceTitle(decodeURIComponent(resource))} · ${decodeURIComponent(cluster)}` };
}

export default async function Page(props: Params) {
  const { cluster, resource } = await props.params;
  const name = decodeURIComponent(resource);
  return <ListView key={name} cluster={decodeURIComponent(cluster)} resource={name} />;
}
