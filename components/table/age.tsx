'use client';
import { useNow } from '#components/ui/now.tsx';
import { formatAge } from '#lib/format/duration.ts';
import { formatInstant } from '#lib/format/instant.ts';

/** An age that counts by itself; the exact instant is its title. Without a clock it shows the instant itself. */
export function Age(props: { readonly atMs: number; readonly units?: 1 | 2; readonly ago?: boolean }) {
  const nowMs = useNow();
  if (props.atMs === 0) return <span title="never set">?</span>;
  const instant = formatInstant(props.atMs);
  return (
    <time dateTime={isoOf(props.atMs)} title={instant}>
      {nowMs === 0 ? instant : formatAge(props.atMs, nowMs, props.units ?? 1)}
      {props.ago && nowMs !== 0 ? ' ago' : ''}
    </time>
  );
}

function isoOf(atMs: number): string | undefined {
  return Math.abs(atMs) > 8.64e15 || !Number.isFinite(atMs) ? undefined : new Date(atMs).toISOString();
}
