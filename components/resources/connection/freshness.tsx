'use client';
import { FreshnessBadge } from '#components/ui/freshness-badge.tsx';
import type { Fresh } from '#lib/live/live-client.ts';
import { useFreshness } from '#lib/live/use-freshness.ts';

/** A view's badge; without `fresh` it speaks of the cluster alone. Counts by itself. */
export function Freshness(props: {
  readonly cluster: string;
  readonly fresh?: Fresh | null;
  readonly title?: string;
}) {
  const { tone, words } = useFreshness(props.cluster, props.fresh ?? null);
  return <FreshnessBadge look={tone} words={words} title={props.title} />;
}
