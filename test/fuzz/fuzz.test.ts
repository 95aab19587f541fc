/** A short run of the fuzz with each test run; `node test/fuzz/main.ts --count 20000` is the long one. */
import { expect, test } from 'vitest';
import { fuzzDemo } from './fuzz-demo.ts';
import { seededLuck } from './luck.ts';
import { faultOf } from './verdict.ts';

const SEED = 2026;

test(`1,500 hostile requests (seed ${SEED}) leave the process alive and the store whole`, {
  timeout: 180_000,
}, async () => {
  const { report, faults } = await fuzzDemo(1_500, SEED);
  expect(faults).toEqual([]);
  expect(report.sent).toBeGreaterThanOrEqual(1_500);
  // The run reaches past the door: some of it is taken, most is refused.
  for (const code of ['200', '201', '400', '404', '409', '422'])
    expect(report.codes[code]).toBeGreaterThan(0);
});

test('the same seed draws the same', () => {
  const draw = () => {
    const luck = seededLuck(7);
    return [luck.next(), luck.below(9), luck.pick('abc'.split('')), luck.bytes(3).toString('hex')];
  };
  expect(draw()).toEqual(draw());
});

const shot = { name: 'x', method: 'GET', path: '/', headers: {} };
const answer = (code: number, body: string, type = 'application/json') => ({
  code,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

test.each([
  ['a 200 with JSON', answer(200, '{}'), true],
  ['a 200 with half of it', answer(200, '{"a":'), false],
  ['a refusal with its Status', answer(404, '{"kind":"Status","code":404,"message":"x"}'), true],
  ['a refusal with the Status of another', answer(404, '{"kind":"Status","code":400,"message":"x"}'), false],
  ['a refusal in words of our own', answer(400, 'oops', 'text/plain'), false],
  ['an internal error', answer(500, '{"kind":"Status","code":500,"message":"x is not a function"}'), false],
  [
    'a revision that never comes',
    answer(504, '{"message":"Timeout: Too large resource version: 9, current: 1"}'),
    true,
  ],
  ['no answer', undefined, false],
])('%s', (_name, given, isGood) => {
  expect(faultOf(shot, given) === undefined).toBe(isGood);
});
