import { errorWords } from '#components/resources/connection/error-words.ts';
import { formatDuration } from '#lib/format/duration.ts';
import { type Freshness, inPageTime } from '#lib/live/freshness.ts';
import type { LiveCluster, SocketState } from '#lib/live/live-client.ts';

/** What stands under the top bar when nothing can be confirmed. Pure; all instants are performance.now(). */
export interface Banner {
  readonly level: 'stale' | 'failed';
  /** 'Not confirmed for 48 s.' Counts, so it is not announced. */
  readonly lead: string;
  /** 'The API server does not answer.' Announced once. */
  readonly words: string;
  /** 'Trying again in 6 s.' or ''. */
  readonly next: string;
  readonly canRetry: boolean;
}

export function bannerOf(
  socket: SocketState,
  cluster: LiveCluster,
  fresh: Freshness,
  nowMs: number,
): Banner | null {
  if (socket.state === 'ended') {
    return {
      level: 'failed',
      lead: 'The session ended.',
      words: 'Open the link that the console printed when it started.',
      next: '',
      canRetry: false,
    };
  }
  if (cluster.connection.state === 'failed') {
    return {
      level: 'failed',
      lead: 'This cluster cannot be read.',
      words: sentence(cluster.connection.error.message),
      next: nextWords(retryInPageTime(cluster, cluster.connection.retryMs), nowMs),
      canRetry: true,
    };
  }
  if (socket.state === 'lost') {
    return {
      level: 'stale',
      lead: leadOf(fresh.sinceMs > 0 ? fresh.sinceMs : socket.sinceMs, nowMs),
      words: 'The console does not answer.',
      next: nextWords(socket.retryMs, nowMs),
      canRetry: false,
    };
  }
  if (fresh.tone !== 'stale') return refusal(cluster, nowMs);
  const retryMs =
    cluster.connection.state === 'stale' ? retryInPageTime(cluster, cluster.connection.retryMs) : 0;
  return {
    level: 'stale',
    lead: leadOf(fresh.sinceMs, nowMs),
    words: 'The API server does not answer.',
    next: nextWords(retryMs, nowMs),
    canRetry: true,
  };
}

/** The API server is there and refuses what it answered before: credentials that ended, above all. */
function refusal(cluster: LiveCluster, nowMs: number): Banner | null {
  const { connection } = cluster;
  if (connection.state !== 'stale' || connection.error === undefined) return null;
  return {
    level: 'stale',
    lead: leadOf(inPageTime(cluster, connection.sinceMs), nowMs),
    words: errorWords(connection.error),
    next: nextWords(retryInPageTime(cluster, connection.retryMs), nowMs),
    canRetry: true,
  };
}

/** retryMs is the console's clock; 0 means trying now. */
function retryInPageTime(cluster: LiveCluster, retryMs: number): number {
  return retryMs === 0 ? 0 : inPageTime(cluster, retryMs);
}

function leadOf(sinceMs: number, nowMs: number): string {
  return `Not confirmed for ${formatDuration(nowMs - sinceMs, 2)}.`;
}

function nextWords(retryMs: number, nowMs: number): string {
  return retryMs > nowMs ? `Trying again in ${formatDuration(retryMs - nowMs + 999)}.` : 'Trying again now.';
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
