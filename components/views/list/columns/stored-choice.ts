import { type ColumnChoice, OWN_COLUMNS, widthInBounds } from '#components/table/column-choice.ts';

const MOST = 200;

/** A choice from whatever stands in the browser's storage. */
export function choiceOf(json: unknown): ColumnChoice {
  if (typeof json !== 'object' || json === null) return OWN_COLUMNS;
  const { shown, widths } = json as { readonly shown?: unknown; readonly widths?: unknown };
  return {
    shown: Array.isArray(shown) ? shown.filter((id) => typeof id === 'string').slice(0, MOST) : null,
    widths: widthsOf(widths),
  };
}

function widthsOf(json: unknown): ColumnChoice['widths'] {
  if (typeof json !== 'object' || json === null) return {};
  const kept = Object.entries(json).flatMap(([id, px]) =>
    typeof px === 'number' && Number.isFinite(px) ? [[id, widthInBounds(px)] as const] : [],
  );
  return Object.fromEntries(kept.slice(0, MOST));
}
