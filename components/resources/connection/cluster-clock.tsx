'use client';
import type { ReactNode } from 'react';
import { NowProvider } from '#components/ui/now.tsx';
import { useClusterNow } from '#lib/live/use-cluster-now.ts';

/** Ages below it count in the cluster's time. Only what reads the time renders again with each second. */
export function ClusterClock(props: { readonly cluster: string; readonly children: ReactNode }) {
  return <NowProvider nowMs={useClusterNow(props.cluster)}>{props.children}</NowProvider>;
}
