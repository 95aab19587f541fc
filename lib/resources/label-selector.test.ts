import { describe, expect, it } from 'vitest';
import { formatLabelSelector, matchesLabels, parseLabelSelector } from './label-selector.ts';

function parse(text: string) {
  const parsed = parseLabelSelector(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.selector;
}

describe('a label selector', () => {
  it.each([
    ['', {}, true],
    ['app', { app: '' }, true],
    ['app', {}, false],
    ['!app', {}, true],
    ['!app', { app: 'x' }, false],
    ['app=cart', { app: 'cart' }, true],
    ['app==cart', { app: 'cart' }, true],
    ['app = cart', { app: 'cart2' }, false],
    ['app=', { app: '' }, true],
    ['app=', {}, false],
    ['app!=cart', {}, true],
    ['app!=cart', { app: 'cart' }, false],
    ['app!=', { app: '' }, false],
    ['tier in (front, back)', { tier: 'back' }, true],
    ['tier in (front,back)', {}, false],
    ['tier notin (front)', {}, true],
    ['tier notin (front)', { tier: 'front' }, false],
    ['tier in (front,)', { tier: '' }, true],
    ['weight>3', { weight: '10' }, true],
    ['weight<3', { weight: '10' }, false],
    ['weight>3', { weight: 'heavy' }, false],
    ['app=cart,tier in (a),!canary', { app: 'cart', tier: 'a' }, true],
    ['app=cart,tier in (a),!canary', { app: 'cart', tier: 'a', canary: 'x' }, false],
    ['app.kubernetes.io/name=cart', { 'app.kubernetes.io/name': 'cart' }, true],
    ['in in (in)', { in: 'in' }, true],
    ['constructor', {}, false],
    ['toString!=x', {}, true],
  ])('%s over %j: %s', (text, labels, expected) => {
    expect(matchesLabels(parse(text), labels as Record<string, string>)).toBe(expected);
  });

  it.each([
    [',', 0, 'expected a label key, found ","'],
    ['app,', 4, 'expected a label key, found the end'],
    ['app=a b', 6, 'expected a comma before "b"'],
    ['app in a', 7, 'expected ( after in'],
    ['app in ()', 8, 'in needs at least one value'],
    ['app in (a', 9, 'expected a comma or ) instead of the end'],
    ['app ~ a', 4, 'expected =, !=, in, notin, < or > instead of "~"'],
    ['app=(', 4, 'expected a value, found "("'],
    ['a/b/c', 0, '"a/b/c" is not a label key'],
    ['-a', 0, '"-a" is not a label key'],
    ['app=ä', 4, '"ä" is not a label value'],
    [`app=${'x'.repeat(64)}`, 4, 'is not a label value'],
    ['weight>many', 7, '> needs a whole number, found "many"'],
    ['!app=x', 4, 'expected a comma before "="'],
  ])('%s is refused at %d: %s', (text, at, message) => {
    const parsed = parseLabelSelector(text);
    expect(parsed).toMatchObject({ at });
    expect('error' in parsed && parsed.error).toContain(message);
  });

  it.each(['app=cart,tier in (a,b),!canary,x,weight>3,weight<9,y!=z,q notin (r)', ''])(
    'formats %s as it was',
    (text) => {
      expect(formatLabelSelector(parse(text))).toBe(text);
    },
  );
});
