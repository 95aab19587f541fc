/** Label and field selectors: parsing as apimachinery does it, and matching. */
import type { LabelSelector } from '../base/types.ts';

export interface Requirement {
  key: string;
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  values: string[];
}

export class SelectorError extends Error {}

const KEY =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Parses `a=b,c!=d,e in (f,g),h,!i,j>1`. Throws SelectorError in the API server's words. */
export function parseLabelSelector(selector: string): Requirement[] {
  const tokens = tokenize(selector);
  const found: Requirement[] = [];
  let index = 0;
  const peek = () => tokens[index] ?? '';
  const take = () => tokens[index++] ?? '';
  while (index < tokens.length) {
    found.push(parseRequirement(peek, take));
    const comma = take();
    if (comma !== '' && comma !== ',')
      throw new SelectorError(`found '${comma}', expected: ',' or 'end of string'`);
    if (comma === ',' && index >= tokens.length)
      throw new SelectorError("unable to parse requirement: found '', expected: identifier after ','");
  }
  return found;
}

function parseRequirement(peek: () => string, take: () => string): Requirement {
  const isNot = peek() === '!';
  if (isNot) take();
  const key = take();
  if (!KEY.test(key))
    throw new SelectorError(
      `unable to parse requirement: <nil>: Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
    );
  if (isNot) return { key, operator: '!', values: [] };
  const sign = peek();
  if (sign === '' || sign === ',') return { key, operator: 'exists', values: [] };
  take();
  if (sign === 'in' || sign === 'notin') return { key, operator: sign, values: parseValues(take) };
  if (!['=', '==', '!=', '>', '<'].includes(sign)) {
    throw new SelectorError(
      `unable to parse requirement: found '${sign}', expected: in, notin, =, ==, !=, gt, lt`,
    );
  }
  if (['=', '==', '!=', '>', '<', '(', ')', '!'].includes(peek())) {
    throw new SelectorError(`unable to parse requirement: found '${peek()}', expected: identifier`);
  }
  const value = peek() === '' || peek() === ',' ? '' : take();
  checkValue(key, value);
  if (sign === '>' || sign === '<') return { key, operator: sign === '>' ? 'gt' : 'lt', values: [value] };
  return { key, operator: sign === '!=' ? 'notin' : 'in', values: [value] };
}

function parseValues(take: () => string): string[] {
  const open = take();
  if (open !== '(') throw new SelectorError(`unable to parse requirement: found '${open}' expected: '('`);
  const values: string[] = [];
  for (let token = take(); token !== ')'; token = take()) {
    if (token === '') throw new SelectorError("unable to parse requirement: found '', expected: ',' or ')'");
    if (token !== ',') {
      checkValue('', token);
      values.push(token);
    }
  }
  return values.length > 0 ? values : [''];
}

function checkValue(key: string, value: string): void {
  if (VALUE.test(value) && value.length <= 63) return;
  throw new SelectorError(
    `unable to parse requirement: values[0][${key}]: Invalid value: "${value}": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
  );
}

function tokenize(selector: string): string[] {
  return selector.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? [];
}

export function matchesLabels(
  requirements: Requirement[],
  labels: Record<string, string> | undefined,
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === 'exists') return value !== undefined;
    if (operator === '!') return value === undefined;
    if (operator === 'in') return value !== undefined && values.includes(value);
    if (operator === 'notin') return value === undefined || !values.includes(value);
    if (value === undefined || !/^-?\d+$/.test(value)) return false;
    return operator === 'gt' ? Number(value) > Number(values[0]) : Number(value) < Number(values[0]);
  });
}

/** An object's own selector (spec.selector) as requirements. An empty one matches everything, a missing one nothing. */
export function selectorRequirements(selector: LabelSelector | undefined): Requirement[] | undefined {
  if (!selector) return undefined;
  const found: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'in',
    values: [value],
  }));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const word = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }[operator];
    if (!word) return undefined;
    found.push({ key, operator: word as Requirement['operator'], values: values ?? [] });
  }
  return found;
}

export interface FieldTerm {
  field: string;
  isEqual: boolean;
  value: string;
}

/** Parses `metadata.name=a,status.phase!=Running`, with the backslash escapes of apimachinery's fields package. */
export function parseFieldSelector(selector: string): FieldTerm[] {
  const found: FieldTerm[] = [];
  for (const part of selector.split(/(?<!\\),/)) {
    if (part === '') continue;
    const match = /^([^=!]+)(==|!=|=)(.*)$/s.exec(part);
    if (!match) throw new SelectorError(`invalid selector: '${selector}'; can't understand '${part}'`);
    found.push({
      field: match[1] as string,
      isEqual: match[2] !== '!=',
      value: (match[3] as string).replace(/\\([\\,=])/g, '$1'),
    });
  }
  return found;
}
