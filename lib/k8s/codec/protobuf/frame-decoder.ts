import { invalidAnswer } from '#lib/k8s/client/errors.ts';

/** The longest event taken; etcd's own limit is 1.5 MB a request. */
const LONGEST_FRAME_BYTES = 64 * 1024 * 1024;

/** Splits a watch's bytes into frames, each behind its length in four bytes. The unfinished tail waits for the next chunk. */
export interface FrameDecoder {
  /** Throws ApiException (InvalidAnswer) when a frame is too long to be one. */
  push(chunk: Uint8Array): readonly Uint8Array[];
}

export function createFrameDecoder(longestBytes = LONGEST_FRAME_BYTES): FrameDecoder {
  let parts: Uint8Array[] = [];
  let length = 0;
  /** What the parts must come to before there is a frame. */
  let wanted = 4;
  const frameLength = (bytes: Uint8Array): number => {
    const frame = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (frame > longestBytes) throw invalidAnswer('The API server sent a watch event without an end');
    return frame + 4;
  };
  return {
    push(chunk) {
      parts.push(chunk);
      length += chunk.length;
      if (length < wanted) return [];
      const bytes = parts.length === 1 ? chunk : Buffer.concat(parts);
      const frames: Uint8Array[] = [];
      let start = 0;
      for (;;) {
        wanted = 4;
        if (bytes.length - start < wanted) break;
        wanted = frameLength(bytes.subarray(start));
        if (bytes.length - start < wanted) break;
        frames.push(bytes.subarray(start + 4, start + wanted));
        start += wanted;
      }
      // A copy: the chunk's memory belongs to the socket.
      parts = start === bytes.length ? [] : [bytes.slice(start)];
      length = bytes.length - start;
      return frames;
    },
  };
}
