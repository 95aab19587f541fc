import type { LiveCluster } from '../live-client.ts';
import { type Channel, withoutSocket } from './channel.ts';
import { EMPTY_CLUSTER } from './empty.ts';

/** What a cluster serves. A frame with `types` is complete; the others carry what changed. */
export function createClusterChannel(cluster: string): Channel<LiveCluster> {
  let shown: LiveCluster = EMPTY_CLUSTER;
  let nextSeq = 0;
  let isWaiting = true;
  return {
    value: () => shown,
    subscribeMessage: (id) => ({ t: 'subscribe', id, what: 'cluster', cluster }),
    receive(frame, receivedMs) {
      if (frame.t !== 'cluster') return false;
      if (frame.types === undefined && (isWaiting || frame.seq !== nextSeq)) {
        const resync = !isWaiting;
        isWaiting = true;
        return resync;
      }
      isWaiting = false;
      nextSeq = frame.seq + 1;
      const { connection, nowMs } = frame;
      // An empty list while the console still reads is no news: what was known stays.
      const isReading = connection.state === 'connecting' && frame.types?.length === 0;
      shown = {
        connection,
        nowMs,
        receivedMs,
        types: isReading ? shown.types : (frame.types ?? shown.types),
        missingGroups: frame.missingGroups ?? shown.missingGroups,
        version: frame.version === undefined || frame.version === '' ? shown.version : frame.version,
        user: frame.user ?? shown.user,
        namespaces: frame.namespaces === undefined ? shown.namespaces : frame.namespaces,
        refused: null,
      };
      return false;
    },
    refused(frame) {
      isWaiting = true;
      shown = { ...shown, refused: frame.error };
    },
    lost() {
      isWaiting = true;
      shown = { ...shown, connection: withoutSocket(shown.connection) };
    },
  };
}
