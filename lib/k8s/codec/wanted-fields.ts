import { type Dictionary, isDictionary } from '#lib/resources/read.ts';
import { emptyDictionary, harmless } from './json-value.ts';

/** Wanted paths as a tree; `true` keeps everything below. */
export interface WantedFields {
  readonly children: ReadonlyMap<string, WantedFields | true>;
}

/** Strings that stand where a dictionary should be are kept (a projection must tell malformed from missing), but short. */
const MISPLACED_TEXT = 200;

export function wantedFields(paths: readonly string[]): WantedFields {
  const root = new Map<string, Branch>();
  for (const path of paths) addPath(root, path.split('.'));
  return { children: root as ReadonlyMap<string, WantedFields | true> };
}

type Branch = true | { readonly children: Map<string, Branch> };

function addPath(branch: Map<string, Branch>, parts: readonly string[]): void {
  const [head, ...rest] = parts;
  if (head === undefined || head === '') return;
  const known = branch.get(head);
  if (known === true) return;
  if (rest.length === 0) {
    branch.set(head, true);
    return;
  }
  const next = known ?? { children: new Map<string, Branch>() };
  branch.set(head, next);
  addPath(next.children, rest);
}

/** The wanted part of a value, without prototypes. Arrays are passed through item by item. */
export function prune(value: unknown, wanted: WantedFields | true, depth = 0): unknown {
  if (wanted === true) return harmless(value, depth);
  if (Array.isArray(value)) {
    return depth > 8 ? [] : value.map((item) => prune(item, wanted, depth + 1));
  }
  if (!isDictionary(value)) return typeof value === 'string' ? value.slice(0, MISPLACED_TEXT) : value;
  return pruneDictionary(value, wanted, depth);
}

export function pruneDictionary(value: Dictionary, wanted: WantedFields, depth = 0): Record<string, unknown> {
  const kept = emptyDictionary();
  for (const [key, below] of wanted.children) {
    if (!Object.hasOwn(value, key)) continue;
    kept[key] = prune(value[key], below, depth + 1);
  }
  return kept;
}
