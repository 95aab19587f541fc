import type { LiveObject } from '#lib/live/live-client.ts';

/** What a detail page shows. The last seen object stays readable whatever becomes of its source. */
export type DetailState = 'object' | 'loading' | 'forbidden' | 'failed' | 'refused' | 'absent' | 'not-served';

export function detailState(live: LiveObject, isMissing: boolean): DetailState {
  const { connection } = live;
  if (connection.state === 'forbidden') return 'forbidden';
  if (live.object !== null) return 'object';
  if (live.refused !== null) return isMissing ? 'not-served' : 'refused';
  if (connection.state === 'failed') return 'failed';
  if (connection.state === 'gone') return isMissing ? 'not-served' : 'absent';
  return 'loading';
}

export function isGone(live: LiveObject): boolean {
  return live.connection.state === 'gone';
}
