import { describe, expect, test } from 'vitest';
import { countFigures } from './bench.ts';
import { findChromium } from './chromium.ts';
import {
  closingLines,
  countPlaywright,
  exitCodeOf,
  NO_COUNTS,
  ONE_FAILED,
  ONE_PASSED,
  readCounts,
  sumCounts,
} from './counts.ts';
import { decideReal } from './real.ts';
import { resultLine } from './run-command.ts';

describe('counts', () => {
  test('are summed into one closing line', () => {
    const counts = sumCounts([
      ONE_PASSED,
      { passed: 40, failed: 0, skipped: { 'no kubectl': 2 } },
      ONE_PASSED,
    ]);
    expect(closingLines(counts)).toEqual(['2 skipped: no kubectl', '42 passed, 0 failed, 2 skipped']);
    expect(closingLines(sumCounts([ONE_PASSED, ONE_FAILED]))).toEqual(['1 passed, 1 failed']);
  });
  test('of the same reason are added', () => {
    const skip = { ...NO_COUNTS, skipped: { 'no kubectl': 1, constructor: 1 } };
    expect(closingLines(sumCounts([skip, skip]))).toEqual([
      '2 skipped: no kubectl',
      '2 skipped: constructor',
      '0 passed, 0 failed, 4 skipped',
    ]);
  });
  test('of benches are figures with a goal', () => {
    const log = [
      'live: 10 pods',
      '{"name":"a","value":1,"unit":"","goal":{"atMost":0},"isSteady":true,"isMet":false}',
      '{"name":"b","value":1,"unit":"","goal":{"atMost":1},"isSteady":true,"isMet":true}',
      '{"name":"c","value":1,"unit":"ms"}',
    ];
    expect(countFigures(log.join('\n'))).toEqual({ ...NO_COUNTS, passed: 1, failed: 1 });
  });
  test('decide the exit code: a failure, and nothing run, are both bad', () => {
    expect(exitCodeOf(ONE_PASSED)).toBe(0);
    expect(exitCodeOf(sumCounts([ONE_PASSED, ONE_FAILED]))).toBe(1);
    expect(exitCodeOf(NO_COUNTS)).toBe(1);
    expect(exitCodeOf({ ...NO_COUNTS, skipped: { x: 3 } })).toBe(1);
  });
  test('of a file are read, of nonsense refused', () => {
    expect(readCounts({ passed: 1, failed: 2, skipped: { a: 3 } })).toEqual({
      passed: 1,
      failed: 2,
      skipped: { a: 3 },
    });
    expect(() => readCounts({ passed: 'many' })).toThrow('not a counts file');
    expect(() => readCounts(null)).toThrow('not a counts file');
  });
  test('of Playwright hold flaky tests and errors outside of tests against it', () => {
    const skipped = (description?: string) => ({
      tests: [{ status: 'skipped', annotations: description ? [{ type: 'skip', description }] : [] }],
    });
    const report = {
      stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 3 },
      errors: [{ message: 'no port' }],
      suites: [{ specs: [skipped('no kubectl')], suites: [{ specs: [skipped('no kubectl'), skipped()] }] }],
    };
    expect(countPlaywright(report)).toEqual({
      passed: 5,
      failed: 3,
      skipped: { 'no kubectl': 2, 'no reason given (end-to-end)': 1 },
    });
    expect(() => countPlaywright([])).toThrow('not a report');
  });
});

describe('Chromium', () => {
  const places = (programs: string[], named?: string) => ({
    named,
    path: '/a:/b',
    playwrightsOwn: '/cache/chrome',
    isProgram: (file: string) => programs.includes(file),
  });
  test.each([
    ['the one named', ['/x', '/a/chromium'], '/x', { file: '/x' }],
    [
      'not another than the one named',
      ['/a/chromium'],
      '/x',
      { problem: 'CHROMIUM_PATH is /x, which is not a program' },
    ],
    ['one on PATH', ['/b/chromium', '/a/google-chrome', '/cache/chrome'], undefined, { file: '/b/chromium' }],
    ["Playwright's own", ['/cache/chrome'], undefined, { file: '/cache/chrome' }],
    ['none', [], undefined, { problem: 'no Chromium was found' }],
  ])('%s', (_, programs, named, expected) => expect(findChromium(places(programs, named))).toEqual(expected));
});

describe('the real lane', () => {
  const built = { ok: true, built: true } as const;
  const unbuilt = { ok: true, built: false } as const;
  const impossible = { ok: false, reason: 'no Go' } as const;
  test.each([
    ['auto', built, false, true],
    ['auto', unbuilt, false, false],
    ['auto', unbuilt, true, true],
    ['required', unbuilt, false, true],
    ['off', built, true, false],
  ] as const)('%s, %o, CI %s: runs %s', (when, possible, isCi, run) => {
    expect(decideReal(when, possible, isCi).run).toBe(run);
  });
  test('is a failure only where it is required', () => {
    expect(decideReal('auto', impossible, true)).toMatchObject({ run: false, isFailure: false });
    expect(decideReal('required', impossible, false)).toMatchObject({ run: false, isFailure: true });
  });
});

test('a line tells how a program ended', () => {
  expect(resultLine(true, 'types', 1_940)).toBe('  ok      types 1.9 s');
  expect(resultLine(false, 'unit', 61_400)).toBe('  FAILED  unit 61 s');
});
