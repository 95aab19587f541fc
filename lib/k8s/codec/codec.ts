import type { ApiError } from '#lib/resources/api-error.ts';
import type { PartialObject } from '#lib/resources/definition.ts';

/**
 * Bytes → partial objects, and nothing else: a codec keeps the wanted fields of one kind and drops the rest. JSON and
 * the API server's Table are here; protobuf takes the same seam later (same partial objects from other bytes).
 */
export interface Codec {
  readonly accept: string;
  /**
   * The `continue` token, read from the head of the bytes so that the next page can be asked for before this one is
   * decoded; null when it cannot be told that way. A guess: decodePage's answer counts.
   */
  peekContinue(body: Uint8Array): string | null;
  /**
   * Rejects with ApiException (InvalidAnswer) when the bytes are no list; a malformed item is skipped and counted.
   * `pause` is awaited every SLICE_ITEMS items: whoever drives decides there whether others get a turn. JSON.parse of
   * one page (500 items) is one block for now; the protobuf codec will have none.
   */
  decodePage(body: Uint8Array, pause?: Pause): Promise<Page>;
  /** One per watch: it holds the unfinished tail between chunks. */
  watchDecoder(): WatchDecoder;
}

/** Called between slices; a promise it returns is awaited. */
export type Pause = () => Promise<void> | undefined;

export const SLICE_ITEMS = 25;

export interface Page {
  readonly items: readonly PartialObject[];
  readonly resourceVersion: string;
  /** '' on the last page. */
  readonly continue: string;
  /** Items after this page; -1 when the API server does not say. */
  readonly remaining: number;
  readonly malformed: number;
  /** Table only: the columns of this answer; null when it names none, [] when it is a plain list. */
  readonly tableColumns: readonly TableColumn[] | null;
}

export interface TableColumn {
  readonly name: string;
  /** OpenAPI type: string, integer, number, boolean, date. */
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown. */
  readonly priority: number;
}

export interface WatchDecoder {
  /** Complete events of these bytes, in order. Throws ApiException (InvalidAnswer) on bytes that are no watch. */
  push(chunk: Uint8Array): readonly WatchEvent[];
  /** Events skipped so far because their object had no usable metadata, or their type is unknown. */
  readonly malformed: number;
  /** Table only: the columns this watch last named. They come with its first event. */
  readonly tableColumns: readonly TableColumn[] | null;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: PartialObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }
  | { readonly type: 'ERROR'; readonly error: ApiError };
