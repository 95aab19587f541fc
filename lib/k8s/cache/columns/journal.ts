/**
 * What one reader has not yet been told of: each key touched since it last asked, with what stood there before. Several
 * changes of a row are one touch.
 */
export interface Journal {
  /** The touches so far; from now on they are counted anew. */
  take(): Touches;
  close(): void;
}

/** By key: the numbers its cells had, by column; null when there was no row. */
export type Touches = ReadonlyMap<number, Uint32Array | null>;

/** The store's side: it notes a key before it changes it. */
export class Journals {
  readonly #open = new Set<OpenJournal>();
  readonly #snapshot: (key: number) => Uint32Array | null;
  readonly #allRead: () => void;

  /** `allRead`: nobody stands at an earlier state any more. */
  constructor(snapshot: (key: number) => Uint32Array | null, allRead: () => void) {
    this.#snapshot = snapshot;
    this.#allRead = allRead;
  }

  open(): Journal {
    const journal: OpenJournal = { touches: new Map() };
    this.#open.add(journal);
    return {
      take: () => {
        const { touches } = journal;
        if (touches.size === 0) return touches;
        journal.touches = new Map();
        this.settle();
        return touches;
      },
      close: () => {
        this.#open.delete(journal);
        this.settle();
      },
    };
  }

  note(key: number): void {
    let before: Uint32Array | null | undefined;
    for (const { touches } of this.#open) {
      if (touches.has(key)) continue;
      if (before === undefined) before = this.#snapshot(key);
      touches.set(key, before);
    }
  }

  settle(): void {
    for (const { touches } of this.#open) if (touches.size > 0) return;
    this.#allRead();
  }
}

interface OpenJournal {
  touches: Map<number, Uint32Array | null>;
}
