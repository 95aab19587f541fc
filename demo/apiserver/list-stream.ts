/**
 * The answer to a long list, written while it is sent: the text of fifty thousand pods is never whole in memory.
 * The page is a snapshot, so however slowly it is read it stays one list. It is compressed for who accepts that.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ResourceType } from './meta/kinds.ts';
import type { Media } from './meta/negotiate.ts';
import type { Page } from './rest/lister.ts';
import { listParts } from './rest/represent.ts';

/** Shorter lists are answered in one piece, with their length. */
const FROM_ITEMS = 2_000;
const ITEMS_A_PART = 100;

export class ListStream {
  readonly #parts: () => Generator<string>;

  private constructor(type: ResourceType, page: Page, media: Media) {
    this.#parts = () => listParts(type, page, media, ITEMS_A_PART);
  }

  /** Undefined when the list is short, or is no JSON list of objects. */
  static of(type: ResourceType, page: Page, media: Media): ListStream | undefined {
    if (page.items.length < FROM_ITEMS || media.as === 'Table' || media.isYaml) return undefined;
    return new ListStream(type, page, media);
  }

  whole(): string {
    return [...this.#parts()].join('');
  }

  async send(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json');
    const isCompressed = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    if (isCompressed) {
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('vary', 'Accept-Encoding');
    }
    response.writeHead(200);
    const source = Readable.from(this.#parts(), { objectMode: false, highWaterMark: 1 });
    const sent = isCompressed
      ? pipeline(source, createGzip({ level: 1 }), response)
      : pipeline(source, response);
    // Whoever goes away while reading leaves nothing to be told.
    await sent.catch(() => response.destroy());
  }
}
