import type { Metadata } from 'next';
import { AboutView } from '#components/views/about/about-view.tsx';

interface Params {
  readonly params: Promise<{ readonly cluster: string }>;
}

export async function generateMetadata(props: Params): Promise<Metadata> {
  const { cluster } = await props.params;
  return { title: `About this console · ${decodeURIComponent(cluster)}` };
}

/** No kind is called so: kinds of custom resources carry their group. */
export default async function Page(props: Params) {
  const { cluster } = await props.params;
  return <AboutView cluster={decodeURIComponent(cluster)} />;
}
