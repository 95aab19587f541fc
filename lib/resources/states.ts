import type { State, StateGlyph } from './cell.ts';
import type { PartialMetadata } from './definition.ts';

/** Constructors of states, so that rules read as sentences. */
export const ok = (words: string, glyph?: StateGlyph): State => state('ok', words, glyph);
export const progress = (words: string, glyph?: StateGlyph): State => state('progress', words, glyph);
export const warning = (words: string, glyph?: StateGlyph): State => state('warning', words, glyph);
export const failed = (words: string, glyph?: StateGlyph): State => state('failed', words, glyph);
export const unknown = (words: string): State => state('unknown', words, undefined);

/** The object's status has a shape no Kubernetes API gives it: nothing is claimed. */
export const malformed: State = unknown('Status not readable');

/**
 * Deletion was asked for. deletionTimestamp is the end of the grace period (k8s.io/apiserver registry/rest/delete.go),
 * hence a countdown; what outlives it is held by finalizers, which are named.
 */
export function leaving(metadata: PartialMetadata): State {
  const [first, ...more] = metadata.finalizers;
  if (first === undefined) return { ...state('progress', 'Leaving', 'gone'), untilMs: metadata.deletedMs };
  return state(
    'warning',
    `Leaving, held by ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`,
    'gone',
  );
}

function state(level: State['level'], words: string, glyph: StateGlyph | undefined): State {
  const short = words.length > 300 ? `${words.slice(0, 299)}…` : words;
  return glyph === undefined ? { level, words: short } : { level, words: short, glyph };
}
