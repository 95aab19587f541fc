'use client';
import { Button } from '#components/ui/button.tsx';
import { Bar } from '#components/ui/note.tsx';
import text from '#components/ui/text.module.css';
import { VisuallyHidden } from '#components/ui/visually-hidden.tsx';
import type { LiveCluster } from '#lib/live/live-client.ts';
import { useFreshness, useNow } from '#lib/live/use-freshness.ts';
import { useSocket } from '#lib/live/use-socket.ts';
import type { Retry } from '#lib/live/use-subscription.ts';
import { bannerOf } from './banner-model.ts';

/** Under the top bar while nothing can be confirmed. What counts is seen; what changed is said once. */
export function ConnectionBanner(props: { readonly cluster: string; readonly live: LiveCluster & Retry }) {
  const socket = useSocket();
  const fresh = useFreshness(props.cluster);
  const banner = bannerOf(socket, props.live, fresh, useNow());
  return (
    <>
      <div role="status">
        <VisuallyHidden>{banner === null ? '' : `Not confirmed. ${banner.words}`}</VisuallyHidden>
      </div>
      {banner === null ? null : (
        <Bar
          level={banner.level}
          glyph={banner.level === 'failed' ? 'failed' : 'unknown'}
          action={
            banner.canRetry ? (
              <Button small onClick={props.live.retry}>
                Try now
              </Button>
            ) : undefined
          }
        >
          <b className={text.medium}>{banner.lead}</b> {banner.words}{' '}
          <span className={text.tabular}>{banner.next}</span>
        </Bar>
      )}
    </>
  );
}
