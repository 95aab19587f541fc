import type { Refusal } from '../edge/refusal.ts';

/** The whole body as text, counted while it arrives: no declared length is trusted. */
export async function readBody(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly text: string } | Refusal> {
  if (body === null) return { text: '' };
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes)
      return { status: 413, reason: 'RequestEntityTooLarge', message: 'The body is larger than 3 MB.' };
    chunks.push(chunk);
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch (error) {
    if (error instanceof TypeError)
      return { status: 400, reason: 'BadRequest', message: 'The body is not UTF-8.' };
    throw error;
  }
}
