import type { ColumnChoice } from '#components/table/column-choice.ts';
import { choiceOf } from '../columns/stored-choice.ts';

/** A question worth asking again, and how its answer is laid out. */
export interface SavedView {
  readonly name: string;
  /** What stands behind '?' in the list's address; '' asks for all. */
  readonly question: string;
  readonly columns: ColumnChoice;
}

export const MOST_VIEWS = 50;
export const MOST_NAME = 60;
const MOST_QUESTION = 8_000;

/** Views from whatever stands in the browser's storage. */
export function viewsOf(json: unknown): readonly SavedView[] {
  if (!Array.isArray(json)) return [];
  const views = json.flatMap((one: unknown): SavedView[] => {
    if (typeof one !== 'object' || one === null) return [];
    const { name, question, columns } = one as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || name.trim() === '' || typeof question !== 'string') return [];
    if (question.length > MOST_QUESTION) return [];
    return [{ name: name.slice(0, MOST_NAME), question, columns: choiceOf(columns) }];
  });
  return views.slice(0, MOST_VIEWS);
}

/** A view of the same name is replaced where it stands. */
export function withView(views: readonly SavedView[], view: SavedView): readonly SavedView[] {
  const at = views.findIndex((one) => one.name === view.name);
  return at < 0 ? [...views, view] : views.with(at, view);
}

export function withoutView(views: readonly SavedView[], name: string): readonly SavedView[] {
  return views.filter((one) => one.name !== name);
}
