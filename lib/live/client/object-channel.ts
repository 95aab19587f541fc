import type { ObjectReference } from '#lib/resources/resource-type.ts';
import type { LiveObject } from '../live-client.ts';
import { type Channel, withoutSocket } from './channel.ts';
import { EMPTY_OBJECT } from './empty.ts';

/** One full object. A frame that carries an object (or null) is complete; after a gap only such a frame counts. */
export function createObjectChannel(ref: ObjectReference): Channel<LiveObject> {
  let shown: LiveObject = EMPTY_OBJECT;
  let nextSeq = 0;
  let isWaiting = true;
  return {
    value: () => shown,
    subscribeMessage: (id) => ({ t: 'subscribe', id, what: 'object', ref }),
    receive(frame, receivedMs) {
      if (frame.t !== 'object') return false;
      const isComplete = frame.object !== undefined;
      if (!isComplete && (isWaiting || frame.seq !== nextSeq)) {
        const resync = !isWaiting;
        isWaiting = true;
        return resync;
      }
      isWaiting = false;
      nextSeq = frame.seq + 1;
      const { connection, nowMs } = frame;
      // What was last seen stays until there is something newer; without the right to see it, it goes.
      const object = connection.state === 'forbidden' ? null : (frame.object ?? shown.object);
      shown = { connection, nowMs, receivedMs, object, refused: null };
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
