'use client';
import { SmallTable } from '#components/ui/section.tsx';
import { type StateLook, StateWord } from '#components/ui/state.tsx';
import { formatDuration } from '#lib/format/duration.ts';
import { formatBytes, formatCount, formatPlural } from '#lib/format/number.ts';
import type { SocketFigures } from '#lib/protocol/about-frame.ts';
import type { AboutProps } from './about-props.ts';
import styles from './about-view.module.css';

/** Every open tab, the slowest first; counted, never named. */
export function SocketsSection({ about, time }: AboutProps) {
  const { sockets, hub } = about.figures;
  const more = hub.sockets - sockets.length;
  return (
    <section id="sockets" className={styles.section} aria-labelledby="sockets-title" tabIndex={-1}>
      <div className={styles.head}>
        <h2 id="sockets-title">Sockets</h2>
        <span className={styles.remark}>{formatCount(hub.sockets)}, slowest first</span>
      </div>
      <SmallTable
        label="Sockets"
        heads={[
          { label: 'State' },
          { label: 'Whose' },
          { label: 'Open for', right: true },
          { label: 'Subscriptions', right: true },
          { label: 'Waiting', right: true },
          { label: 'Ticks sat out', right: true },
        ]}
        rows={sockets.map((socket, place) => ({
          key: String(place),
          cells: [
            <StateWord key="state" state={stateOf(socket, time.nowMs)} />,
            socket.isThis ? 'This page' : 'Another tab',
            formatDuration(time.nowMs - socket.openedMs),
            formatCount(socket.subscriptions),
            socket.waitingBytes === 0 ? '0' : formatBytes(socket.waitingBytes),
            formatCount(socket.skippedTicks),
          ],
        }))}
      />
      <p className={styles.note}>
        {more > 0 ? `${formatCount(more)} more keep up. ` : ''}
        Since the start {formatPlural(hub.frames, 'frame')} of {formatBytes(hub.bytes)} in{' '}
        {formatPlural(hub.ticks, 'tick')}; {formatPlural(hub.skippedTicks, 'tick')} sat out by slow sockets,{' '}
        {formatPlural(hub.resyncs, 'full frame')} after a gap, {formatPlural(hub.refusals, 'question')}{' '}
        refused. Above 256 KiB waiting a socket sits out ticks and then gets the present state; one that takes
        nothing for 30 s is closed.
      </p>
    </section>
  );
}

function stateOf({ slowSinceMs }: SocketFigures, nowMs: number): StateLook {
  if (slowSinceMs === null) return { level: 'ok', words: 'Keeps up' };
  return { level: 'warning', words: `Slow for ${formatDuration(nowMs - slowSinceMs)}` };
}
