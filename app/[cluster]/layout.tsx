import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { Shell } from '#components/shell/shell.tsx';

/** Whatever a browser or a scanner asks for at the root (favicon.ico, robots.txt) is no cluster: ids are slugs. */
const CLUSTER_ID = /^[a-z0-9-]{1,80}$/;

export default async function ClusterLayout(props: {
  readonly children: ReactNode;
  readonly params: Promise<{ readonly cluster: string }>;
}) {
  const { cluster } = await props.params;
  if (!CLUSTER_ID.test(cluster)) notFound();
  return <Shell cluster={cluster}>{props.children}</Shell>;
}
