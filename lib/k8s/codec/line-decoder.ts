import { invalidAnswer } from '#lib/k8s/client/errors.ts';

/** The longest event taken: etcd's own limit is 1.5 MB a request; JSON, a Table and managedFields on top stay far below. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/** Splits a watch's bytes into lines; chunks do not respect line ends. The unfinished tail waits for the next chunk. */
export interface LineDecoder {
  /** Throws ApiException (InvalidAnswer) when a line has no end. */
  push(chunk: Uint8Array): readonly string[];
}

export function createLineDecoder(longestBytes = LONGEST_LINE_BYTES): LineDecoder {
  const text = new TextDecoder();
  let tail: Uint8Array[] = [];
  let tailBytes = 0;
  return {
    push(chunk) {
      const lines: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        const line = text.decode(joined(tail, chunk.subarray(start, end)));
        tail = [];
        tailBytes = 0;
        start = end + 1;
        if (line.trim() !== '') lines.push(line);
      }
      if (start < chunk.length) {
        tail.push(chunk.slice(start));
        tailBytes += chunk.length - start;
      }
      if (tailBytes > longestBytes) throw invalidAnswer('The API server sent a watch event without an end');
      return lines;
    },
  };
}

function joined(parts: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  if (parts.length === 0) return last;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, last.length));
  let at = 0;
  for (const part of [...parts, last]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
