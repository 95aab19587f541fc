/** The JSONPath a CRD's printer columns use: fields, indexes, `[*]`, quoted names and `[?(@.x=="y")]` filters. */
import { isObject, own } from '../../base/json.ts';

type Step =
  | { kind: 'field'; name: string }
  | { kind: 'index'; index: number }
  | { kind: 'all' }
  | { kind: 'filter'; path: Step[]; value: string; isEqual: boolean };

const TOKEN =
  /\.?([\w-]+(?:\\\.[\w-]+)*)|\.?\[(-?\d+)\]|\.?\[\*\]|\.\*|\.?\[\s*['"]([^'"]+)['"]\s*\]|\.?\[\?\(@((?:\.[\w-]+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))\s*\)\]/y;

/** Undefined when the path is not one this printer understands. */
export function parseJsonPath(path: string): Step[] | undefined {
  const steps: Step[] = [];
  TOKEN.lastIndex = 0;
  const source = path.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  while (TOKEN.lastIndex < source.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match || TOKEN.lastIndex === from) return undefined;
    const [whole, field, index, quoted, filterPath, sign, double, single, bare] = match;
    const end = TOKEN.lastIndex;
    if (field !== undefined) steps.push({ kind: 'field', name: field.replaceAll('\\.', '.') });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (quoted !== undefined) steps.push({ kind: 'field', name: quoted });
    else if (filterPath !== undefined) {
      const inner = filterPath
        .slice(1)
        .split('.')
        .map((name): Step => ({ kind: 'field', name }));
      steps.push({
        kind: 'filter',
        path: inner,
        value: double ?? single ?? bare ?? '',
        isEqual: sign === '==',
      });
    } else if (whole) steps.push({ kind: 'all' });
    TOKEN.lastIndex = end;
  }
  return steps;
}

/** All values a path finds, in order. */
export function findJsonPath(steps: Step[], root: unknown): unknown[] {
  let found: unknown[] = [root];
  for (const step of steps) found = found.flatMap((value) => take(step, value));
  return found;
}

function take(step: Step, value: unknown): unknown[] {
  switch (step.kind) {
    case 'field': {
      const inner = isObject(value) ? own(value, step.name) : undefined;
      return inner === undefined ? [] : [inner];
    }
    case 'index':
      return Array.isArray(value) && value.at(step.index) !== undefined ? [value.at(step.index)] : [];
    case 'all':
      return Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
    case 'filter':
      if (!Array.isArray(value)) return [];
      return value.filter(
        (item) =>
          findJsonPath(step.path, item).some((inner) => String(inner) === step.value) === step.isEqual,
      );
  }
}
