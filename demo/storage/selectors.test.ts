import { expect, test } from 'vitest';
import {
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
  selectorRequirements,
} from './selectors.ts';

const LABELS = { app: 'cart', tier: 'backend', size: '3', 'example.com/a': 'b' };

test.each([
  ['', true],
  ['app=cart', true],
  ['app==cart,tier=backend', true],
  ['app!=cart', false],
  ['missing!=x', true],
  ['app in (cart,checkout)', true],
  ['app in (checkout)', false],
  ['app notin (checkout)', true],
  ['tier', true],
  ['!tier', false],
  ['!gone', true],
  ['size>2', true],
  ['size<2', false],
  ['example.com/a=b', true],
  [' app = cart , tier in ( backend , frontend ) ', true],
  ['constructor', false],
])('%s matches: %s', (selector, isMatch) => {
  expect(matchesLabels(parseLabelSelector(selector), LABELS)).toBe(isMatch);
});

test.each([
  ['a in', "unable to parse requirement: found '' expected: '('"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a=b c', "found 'c', expected: ',' or 'end of string'"],
  ['a=b,', "unable to parse requirement: found '', expected: identifier after ','"],
])('%s is refused', (selector, words) => {
  expect(() => parseLabelSelector(selector)).toThrow(new SelectorError(words));
});

test('an object selector with expressions', () => {
  const requirements = selectorRequirements({
    matchLabels: { app: 'cart' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['backend'] },
      { key: 'gone', operator: 'DoesNotExist' },
    ],
  });
  expect(matchesLabels(requirements ?? [], LABELS)).toBe(true);
  expect(selectorRequirements(undefined)).toBeUndefined();
});

test('field selectors, with escapes', () => {
  expect(parseFieldSelector('metadata.name=a\\,b,status.phase!=Running')).toEqual([
    { field: 'metadata.name', isEqual: true, value: 'a,b' },
    { field: 'status.phase', isEqual: false, value: 'Running' },
  ]);
  expect(() => parseFieldSelector('nonsense')).toThrow(SelectorError);
});
