/**
 * Kubernetes' label selectors as text: 'tier=backend,team in (shop, payments),!canary'. Mirrors
 * k8s.io/apimachinery/pkg/labels/selector.go: the same grammar, the same meaning of absent labels.
 */
export type LabelSelector = readonly LabelRequirement[];

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  /** One for =, !=, gt and lt; none for exists and !exists. */
  readonly values: readonly string[];
}

export type LabelOperator = '=' | '!=' | 'in' | 'notin' | 'exists' | '!exists' | 'gt' | 'lt';

export type ParsedSelector =
  | { readonly selector: LabelSelector }
  /** Why, in words that may be shown; at: index of the character where it went wrong. */
  | { readonly error: string; readonly at: number };

/** Never throws. '' selects everything. */
export function parseLabelSelector(text: string): ParsedSelector {
  const reader = new Reader(text);
  try {
    return { selector: readSelector(reader) };
  } catch (cause) {
    if (cause instanceof SelectorFault) return { error: cause.message, at: cause.at };
    throw cause;
  }
}

export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => matchesOne(requirement, labels));
}

export function formatLabelSelector(selector: LabelSelector): string {
  return selector.map(formatOne).join(',');
}

class SelectorFault extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

interface Token {
  /** A symbol as it stands, 'word', or 'end'. */
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '<', '>'];

class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  peek(): Token {
    return this.#tokens[this.#next] ?? this.#tokens.at(-1)!;
  }

  take(): Token {
    const token = this.peek();
    this.#next++;
    return token;
  }

  takeIf(kind: string): boolean {
    if (this.peek().kind !== kind) return false;
    this.#next++;
    return true;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const blank = /^\s+/.exec(text.slice(at));
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const symbol = SYMBOLS.find((candidate) => text.startsWith(candidate, at));
    const word = symbol ?? /^[^\s=!(),<>]+/.exec(text.slice(at))![0];
    tokens.push({ kind: symbol ?? 'word', text: word, at });
    at += word.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function readSelector(reader: Reader): LabelSelector {
  const requirements: LabelRequirement[] = [];
  if (reader.peek().kind === 'end') return requirements;
  do requirements.push(readRequirement(reader));
  while (reader.takeIf(','));
  const rest = reader.peek();
  if (rest.kind !== 'end') throw new SelectorFault(`expected a comma before ${quoted(rest)}`, rest.at);
  return requirements;
}

function readRequirement(reader: Reader): LabelRequirement {
  const isAbsent = reader.takeIf('!');
  const key = reader.take();
  if (key.kind !== 'word') throw new SelectorFault(`expected a label key, found ${quoted(key)}`, key.at);
  checkKey(key);
  if (isAbsent) return { key: key.text, operator: '!exists', values: [] };
  const sign = reader.peek();
  if (sign.kind === ',' || sign.kind === 'end') return { key: key.text, operator: 'exists', values: [] };
  reader.take();
  return { key: key.text, ...readCondition(reader, sign) };
}

function readCondition(reader: Reader, sign: Token): Pick<LabelRequirement, 'operator' | 'values'> {
  if (sign.text === 'in' || sign.text === 'notin') {
    return { operator: sign.text, values: readValues(reader, sign) };
  }
  switch (sign.kind) {
    case '=':
    case '==':
      return { operator: '=', values: [readValue(reader)] };
    case '!=':
      return { operator: '!=', values: [readValue(reader)] };
    case '>':
    case '<':
      return { operator: sign.kind === '>' ? 'gt' : 'lt', values: [readInteger(reader, sign)] };
    default:
      throw new SelectorFault(`expected =, !=, in, notin, < or > instead of ${quoted(sign)}`, sign.at);
  }
}

/** '(a, b)'; as in Kubernetes an empty place means the empty value, but '()' is refused. */
function readValues(reader: Reader, sign: Token): readonly string[] {
  const open = reader.take();
  if (open.kind !== '(') throw new SelectorFault(`expected ( after ${sign.text}`, open.at);
  if (reader.peek().kind === ')') {
    throw new SelectorFault(`${sign.text} needs at least one value`, reader.peek().at);
  }
  const values = new Set<string>();
  do values.add(readValue(reader));
  while (reader.takeIf(','));
  const close = reader.take();
  if (close.kind !== ')')
    throw new SelectorFault(`expected a comma or ) instead of ${quoted(close)}`, close.at);
  return [...values].sort();
}

function readValue(reader: Reader): string {
  const token = reader.peek();
  if (token.kind === ',' || token.kind === ')' || token.kind === 'end') return '';
  reader.take();
  if (token.kind !== 'word') throw new SelectorFault(`expected a value, found ${quoted(token)}`, token.at);
  checkValue(token);
  return token.text;
}

function readInteger(reader: Reader, sign: Token): string {
  const token = reader.take();
  if (!/^-?\d{1,18}$/.test(token.text)) {
    throw new SelectorFault(`${sign.text} needs a whole number, found ${quoted(token)}`, token.at);
  }
  return token.text;
}

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** An optional DNS prefix and a slash, then a name of at most 63 characters. */
function checkKey({ text, at }: Token): void {
  const slash = text.indexOf('/');
  const prefix = slash < 0 ? null : text.slice(0, slash);
  const name = text.slice(slash + 1);
  const isPrefixFine = prefix === null || (prefix.length <= 253 && PREFIX.test(prefix));
  if (!isPrefixFine || !NAME.test(name)) throw new SelectorFault(`"${text}" is not a label key`, at);
}

function checkValue({ text, at }: Token): void {
  if (!NAME.test(text)) throw new SelectorFault(`"${text}" is not a label value`, at);
}

function quoted(token: Token): string {
  return token.kind === 'end' ? 'the end' : `"${token.text}"`;
}

function matchesOne(
  { key, operator, values }: LabelRequirement,
  labels: Readonly<Record<string, string>>,
): boolean {
  const label = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return label !== undefined;
    case '!exists':
      return label === undefined;
    case '=':
    case 'in':
      return label !== undefined && values.includes(label);
    case '!=':
    case 'notin':
      // An absent label is not equal to anything.
      return label === undefined || !values.includes(label);
    case 'gt':
    case 'lt':
      return label !== undefined && comparesAs(label, operator, values[0] ?? '');
  }
}

function comparesAs(label: string, operator: 'gt' | 'lt', value: string): boolean {
  if (!/^-?\d{1,18}$/.test(label)) return false;
  const [left, right] = [BigInt(label), BigInt(value)];
  return operator === 'gt' ? left > right : left < right;
}

function formatOne({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!exists':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}
