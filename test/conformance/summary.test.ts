import { expect, test } from 'vitest';
import { countTopics, formatSummary, formatTable, leftOutTitles, missingTitles } from './summary.ts';

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

test('a known failure whose case was renamed is told', () => {
  expect(missingTitles(report, ['lists: one', 'lists: owed', 'access: who', 'lists: gone'])).toEqual([
    'lists: gone',
  ]);
});

const found = {
  testResults: [
    {
      assertionResults: [
        { title: 'crds: one', status: 'skipped', meta: { leftOut: 'not ours' } },
        { title: 'lists: one', status: 'passed', meta: {} },
      ],
    },
  ],
};

test('what was left out on the way has its reason in the report, and is named', () => {
  expect(countTopics(found)[0]).toMatchObject({ topic: 'crds', failed: 0, leftOut: 1 });
  expect(leftOutTitles(found)).toEqual(['left out: crds: one (not ours)']);
});

test('several runs make one table', () => {
  expect(formatTable({ demo: report, real: found })).toEqual([
    '| topic | demo | real |',
    '| --- | --- | --- |',
    '| access | 0, 1 left out | none |',
    '| crds | none | 0, 1 left out |',
    '| lists | 1, 3 failed | 1 |',
    '| all | 1, 3 failed, 1 left out | 1, 1 left out |',
  ]);
});
