import { expect, test } from 'vitest';
import { parseArguments, UsageError } from './arguments.ts';
import { countTopics, formatSummary, missingTitles } from './summary.ts';

const report = {
  testResults: [
    {
      assertionResults: [
        { title: 'lists: one', status: 'passed' },
        { title: 'lists: two: with a colon', status: 'failed' },
        { title: 'lists: never reached', status: 'skipped' },
        { title: 'lists: owed [known failure]', status: 'passed' },
      ],
    },
    { assertionResults: [{ title: 'access: who [left out: no --kubeconfig-limited]', status: 'skipped' }] },
  ],
};

test('what was left out for a reason is not a failure; what was never reached is', () => {
  expect(countTopics(report)).toEqual([
    { topic: 'access', passed: 0, failed: 0, leftOut: 1, known: 0 },
    { topic: 'lists', passed: 1, failed: 2, leftOut: 0, known: 1 },
  ]);
});

test('with --grep only the chosen cases count', () => {
  expect(formatSummary(report, 'demo', 'one')).toEqual([
    'lists        1 passed, 0 failed',
    'conformance on demo: 1 passed, 0 failed',
  ]);
});

test('reasons are told, totals come last', () => {
  expect(formatSummary(report, 'real').slice(-2)).toEqual([
    'left out: 1 (no --kubeconfig-limited)',
    'conformance on real: 1 passed, 2 failed, 1 known to fail, 1 left out',
  ]);
});

test.each([undefined, null, {}, { testResults: [{}] }])(
  'a report of another shape counts nothing: %j',
  (odd) => {
    expect(countTopics(odd)).toEqual([]);
  },
);

test.each([
  [[], { target: 'demo' }],
  [['--real', '--grep', 'lists:'], { target: 'real', grep: 'lists:' }],
  [
    ['--kubeconfig=/a', '--context', 'b', '--kubeconfig-limited', '/c'],
    { target: 'other', kubeconfig: '/a', context: 'b', limited: '/c' },
  ],
])('arguments %j', (args, expected) => {
  expect(parseArguments(args)).toEqual(expected);
});

test.each([
  [['--real', '--kubeconfig', '/a'], '--real and --kubeconfig exclude each other'],
  [['--context', 'b'], '--context and --kubeconfig-limited need --kubeconfig'],
  [['--grep'], '--grep needs a value'],
  [['everything'], 'unknown argument everything'],
])('refused arguments %j', (args, message) => {
  expect(() => parseArguments(args)).toThrow(new UsageError(message));
});

test('a known failure whose case was renamed is told', () => {
  expect(missingTitles(report, ['lists: one', 'lists: owed', 'access: who', 'lists: gone'])).toEqual([
    'lists: gone',
  ]);
});
