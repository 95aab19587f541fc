import { expect, test } from 'vitest';
import { align } from './compare.ts';
import type { Difference } from './differences.ts';
import { splitWords } from './kubectl.ts';
import { formatPage } from './page.ts';
import { findProblems, type Transcript } from './problems.ts';
import { chapters as all } from './steps/all.ts';

const played = (lines: string[], exitCode = 0) => new Map([['Pods', { lines, exitCode }]]);
const chapters = [{ title: 'Reading', steps: [{ title: 'Pods', kubectl: 'get pods' }] }];
const listed: Difference = { demo: /^ours/, real: /^theirs/, because: 'they are so' };

const transcript = (demo: string[], real: string[], given: Partial<Transcript> = {}): Transcript => ({
  chapters,
  demo: played(demo),
  real: played(real),
  differences: [],
  page: 'it says: they are so',
  isWhole: true,
  ...given,
});

test('outputs are aligned by what they have in common', () => {
  expect(align(['a', 'b', 'd'], ['a', 'c', 'd', 'e'])).toEqual([
    { side: 'both', line: 'a' },
    { side: 'demo', line: 'b' },
    { side: 'real', line: 'c' },
    { side: 'both', line: 'd' },
    { side: 'real', line: 'e' },
  ]);
  expect(align([], [])).toEqual([]);
});

test('equal outputs are no problem', () => {
  expect(findProblems(transcript(['a'], ['a']))).toEqual([]);
});

test('an unlisted difference is one, and so is another exit code', () => {
  expect(findProblems(transcript(['a'], ['b'], { real: played(['b'], 1) }))).toEqual([
    'Pods:\n  - a\n  + b\n  exit code: demo 0, real 1',
  ]);
});

test('a listed difference is none while both its sides occur', () => {
  const differences = [listed];
  expect(findProblems(transcript(['ours 1'], ['theirs'], { differences }))).toEqual([]);
  expect(findProblems(transcript(['ours 1'], [], { differences }))).toEqual([
    'listed, but no longer there: all steps: demo /^ours/, real /^theirs/',
  ]);
  expect(findProblems(transcript([], [], { differences, isWhole: false }))).toEqual([]);
});

test('what is listed for one step is none of another', () => {
  const differences = [{ ...listed, step: /Nodes/ }];
  expect(findProblems(transcript(['ours'], ['theirs'], { differences }))[0]).toBe(
    'Pods:\n  - ours\n  + theirs',
  );
});

test('every reason is in the list of differences', () => {
  const given = { differences: [listed], page: 'nothing of the kind' };
  expect(findProblems(transcript(['ours'], ['theirs'], given))).toEqual([
    'docs/demo-differences.md does not say: they are so',
  ]);
});

test('the page shows one output, or both with the reason', () => {
  const page = formatPage(chapters, played(['a', 'ours']), played(['a', 'theirs']), [listed]);
  expect(page).toContain(
    '```diff\n$ kubectl get pods\n  a\n- ours\n+ theirs\n```\n\nThey differ: they are so\n',
  );
  const equal = formatPage(chapters, played(['a']), played(['a']), []);
  expect(equal).toContain('```console\n$ kubectl get pods\na\n```\n');
});

test('words are split as a shell does', () => {
  expect(splitWords(`get pod -l 'a in (b, c)' -o jsonpath="{.x}"y`)).toEqual([
    'get',
    'pod',
    '-l',
    'a in (b, c)',
    '-o',
    'jsonpath={.x}y',
  ]);
});

test('titles are unique: outputs and differences go by them', () => {
  const titles = all.flatMap(({ steps }) => steps.map(({ title }) => title));
  expect(new Set(titles).size).toBe(titles.length);
});
