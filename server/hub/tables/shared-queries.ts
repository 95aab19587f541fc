import {
  createLiveQuery,
  type LiveQuery,
  type LiveQueryOptions,
  type QueryWindow,
} from '#lib/k8s/query/live-query.ts';
import type { RowIndex } from '#lib/k8s/query/row-index.ts';
import type { QuerySpec } from '#lib/resources/query-spec.ts';
import type { RowEncoder } from './row-encoder.ts';
import { createTableWindow, type TableWindow } from './table-window.ts';

/** The questions asked over one store. Equal ones are answered once, and their windows encoded once. */
export interface SharedQueries {
  /** `dirty`: the answer may have changed; told again only after it was read. Throws ApiException as a LiveQuery does. */
  open(spec: QuerySpec, joined: Joined | null, dirty: () => void): AskedQuery;
}

/** What a related question leads through: its answer depends on more than the store, so nobody shares it. */
export type Joined = Pick<LiveQueryOptions, 'ownersOf' | 'nameOf'>;

export interface AskedQuery {
  /** The same one while the answer is the same. */
  window(): TableWindow;
  /** Keys of all rows that match, in order, as they are now: a copy. */
  matches(): Uint32Array;
  /** Throws ApiException; the old question then stays. */
  update(spec: QuerySpec): void;
  /** What relations were told answers otherwise now. */
  invalidate(): void;
  close(): void;
}

export function createSharedQueries(index: RowIndex, encoder: RowEncoder): SharedQueries {
  const asked = new Map<string, Answer>();
  return {
    open(spec, joined, dirty) {
      const known = joined === null ? asked.get(keyOf(spec)) : undefined;
      return new Asker(known ?? new Answer({ index, encoder, asked }, spec, joined), dirty);
    },
  };
}

interface Around {
  readonly index: RowIndex;
  readonly encoder: RowEncoder;
  /** Those that are shared, by question. */
  readonly asked: Map<string, Answer>;
}

/** One question and all who ask it. */
class Answer {
  readonly users = new Set<() => void>();
  readonly #around: Around;
  readonly #query: LiveQuery;
  /** null: not shared. */
  #key: string | null;
  #last: { readonly of: QueryWindow; readonly window: TableWindow } | null = null;

  constructor(around: Around, spec: QuerySpec, joined: Joined | null) {
    const onDirty = () => {
      for (const dirty of this.users) dirty();
    };
    this.#around = around;
    this.#query = createLiveQuery({ index: around.index, spec, onDirty, ...joined });
    this.#key = joined === null ? keyOf(spec) : null;
    if (this.#key !== null) around.asked.set(this.#key, this);
  }

  window(): TableWindow {
    const of = this.#query.window();
    if (this.#last?.of !== of) this.#last = { of, window: createTableWindow(of, this.#around.encoder) };
    return this.#last.window;
  }

  matches(): Uint32Array {
    return this.#query.matches();
  }

  /** The answer to what one of the users asks now: another that is there, this one when nobody else needs it, a new one. */
  next(spec: QuerySpec): Answer {
    const { asked } = this.#around;
    if (this.#key !== null) {
      const key = keyOf(spec);
      const other = asked.get(key);
      if (other !== undefined) return other;
      if (this.users.size > 1) return new Answer(this.#around, spec, null);
      this.#query.update(spec);
      asked.delete(this.#key);
      asked.set(key, this);
      this.#key = key;
    } else this.#query.update(spec);
    return this;
  }

  invalidate(): void {
    this.#query.invalidate();
  }

  leave(dirty: () => void): void {
    this.users.delete(dirty);
    if (this.users.size > 0) return;
    this.#query.close();
    if (this.#key !== null) this.#around.asked.delete(this.#key);
  }
}

class Asker implements AskedQuery {
  #answer: Answer;
  readonly #dirty: () => void;

  constructor(answer: Answer, dirty: () => void) {
    this.#answer = answer;
    this.#dirty = dirty;
    answer.users.add(dirty);
  }

  window(): TableWindow {
    return this.#answer.window();
  }

  matches(): Uint32Array {
    return this.#answer.matches();
  }

  update(spec: QuerySpec): void {
    const before = this.#answer;
    this.#answer = before.next(spec);
    if (this.#answer === before) return;
    this.#answer.users.add(this.#dirty);
    before.leave(this.#dirty);
  }

  invalidate(): void {
    this.#answer.invalidate();
  }

  close(): void {
    this.#answer.leave(this.#dirty);
  }
}

function keyOf({ namespaces, text, labelSelector, facets, sort, window }: QuerySpec): string {
  return JSON.stringify([namespaces, text, labelSelector, facets, sort, window.offset, window.limit]);
}
