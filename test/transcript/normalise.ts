/**
 * Takes out of kubectl's output what chance, time and place decide, and sets tables again, so that two clusters'
 * outputs can be compared line by line. Pure.
 */

/** Names that the API server or a controller ends by chance are spelled with these. */
const CHANCE = '[bcdfghjklmnpqrstvwxz2456789]';
const AGE = '(?:\\d+[smhdy](?:\\d+[smhd])?|<invalid>)';

const REPLACEMENTS: readonly [RegExp, string][] = [
  [/\/(LIVE|MERGED)-\d+\//g, '/$1/'],
  [/strata-transcript-\w+/g, '<folder>'],
  [/(kubectl-edit-)\d+/g, '$1<id>'],
  [/(X509SHA256=)[0-9a-f]{64}/g, '$1<hash>'],
  [/(containerd:\/\/)[0-9a-f]{64}/g, '$1<id>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?: ?[+-]\d{4}|Z)?/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/127\.0\.0\.1:\d+/g, '<server>'],
  [/\b10\.\d+\.\d+\.\d+\b/g, '<ip>'],
  [/\b(?:node-\d{5}|worker-[abc]\d)\b/g, '<node>'],
  [/(topology\.kubernetes\.io\/(?:zone|region)(?:=|: ))[^\s,]+/g, '$1<place>'],
  [/("?resourceVersion"?: |Resource Version: +)"?\d+"?/g, '$1<version>'],
  [/(Duration: +)\S+/g, '$1<age>'],
  [new RegExp(`(\\(\\d+%\\) +)${AGE}$`, 'gm'), '$1<age>'],
  [/(-hash=|-hash: "?)[0-9a-z]{5,10}\b/g, '$1<hash>'],
  [new RegExp(`-${CHANCE}{8,10}-${CHANCE}{5}\\b`, 'g'), '-<hash>-<id>'],
  [new RegExp(`-${CHANCE}{8,10}\\b`, 'g'), '-<hash>'],
  [new RegExp(`-${CHANCE}{5}\\b`, 'g'), '-<id>'],
  // Events of `describe`: type, reason, age.
  [
    new RegExp(`^(  (?:Normal|Warning) +\\S+ +)(?:${AGE}|<unknown>)(?: \\(x\\d+ over ${AGE}\\))?`, 'gm'),
    '$1<age>',
  ],
  [new RegExp(`\\(${AGE} ago\\)`, 'g'), '(<age> ago)'],
  [/^(Age: +)\S+$/gm, '$1<age>'],
];

const isHeading = (line: string): boolean => /^[A-Z][A-Z0-9()%-]*(?: [A-Z]+)*(?: {2,}[A-Z]|$)/.test(line);

/** Columns whose cells are times. */
const TIMES = new Set(['AGE', 'LAST SEEN', 'DURATION', 'LAST SCHEDULE']);
const AMOUNTS = /^(?:CPU|MEMORY)\(.*\)$/;

/** The lines of an output, without the empty ones at its end. */
export function normalise(output: string): string[] {
  const blocks = output.replace(/\s+$/, '').split(/\n\n/);
  return blocks.flatMap((block, index) => [
    ...(index > 0 ? [''] : []),
    ...normaliseBlock(block.split('\n')).map((line) => line.trimEnd()),
  ]);
}

function normaliseBlock(lines: readonly string[]): string[] {
  const [first = ''] = lines;
  if (isHeading(first) && lines.length > 1 && lines.length < 400) return setTable(lines);
  return lines.map((line) => squeeze(replaceAll(line)));
}

function replaceAll(text: string): string {
  return REPLACEMENTS.reduce((so, [what, by]) => so.replace(what, by), text);
}

/** Blanks between words follow the widest value of a column: two are as good as ten, but for the indentation. */
function squeeze(line: string): string {
  const indentation = /^\s*/.exec(line)?.[0] ?? '';
  return indentation + line.slice(indentation.length).replace(/(?: {2,}|\t+)/g, '  ');
}

interface Column {
  heading: string;
  start: number;
  end: number;
}

function columnsOf(headings: string): Column[] {
  const found = [...headings.matchAll(/\S+(?: \S+)*/g)];
  return found.map((match, index) => ({
    heading: match[0],
    start: match.index,
    end: found[index + 1]?.index ?? Number.POSITIVE_INFINITY,
  }));
}

/** A table with its cells replaced one by one and its columns set anew. */
function setTable(lines: readonly string[]): string[] {
  const [headings = '', ...rest] = lines;
  const columns = columnsOf(headings);
  const rows = [
    columns.map(({ heading }) => heading),
    ...rest.map((line) =>
      cellsOf(line, columns).map((cell, index) => cellText(cell, columns[index]?.heading)),
    ),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('   '));
}

/** By the headings' places; a row that does not keep to them (a line of a watch, a message) by its blanks. */
function cellsOf(line: string, columns: readonly Column[]): string[] {
  const isSet = columns.every(({ start }) => start === 0 || line.length <= start || line[start - 1] === ' ');
  if (!isSet) return line.split(/ {2,}/);
  return columns.map(({ start, end }) => line.slice(start, end).trim());
}

function cellText(cell: string, heading = ''): string {
  if (TIMES.has(heading) && cell !== '' && cell !== '<none>' && cell !== '<unknown>') return '<age>';
  if (AMOUNTS.test(heading)) return '<n>';
  return replaceAll(cell);
}
