import type { ReadonlyDictionary } from '#lib/k8s/cache/columns/dictionary.ts';
import type { Cell } from '#lib/resources/cell.ts';

/** A condition on the cells of a column, worked out once a cell however many rows have it. */
export class CellTest {
  readonly #dictionary: ReadonlyDictionary;
  readonly #isWanted: (cell: Cell) => boolean;
  readonly #births: number[] = [];
  readonly #answers: boolean[] = [];

  constructor(dictionary: ReadonlyDictionary, isWanted: (cell: Cell) => boolean) {
    this.#dictionary = dictionary;
    this.#isWanted = isWanted;
  }

  test(id: number): boolean {
    const born = this.#dictionary.bornAt(id);
    if (this.#births[id] === born) return this.#answers[id] as boolean;
    const answer = this.#isWanted(this.#dictionary.valueOf(id));
    this.#births[id] = born;
    this.#answers[id] = answer;
    return answer;
  }
}
