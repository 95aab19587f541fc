import type { ReactNode } from 'react';
import { Shell } from '#components/shell/shell.tsx';

export default async function ClusterLayout(props: {
  readonly children: ReactNode;
  readonly params: Promise<{ readonly cluster: string }>;
}) {
  const { cluster } = await props.params;
  return <Shell cluster={decodeURIComponent(cluster)}>{props.children}</Shell>;
}
