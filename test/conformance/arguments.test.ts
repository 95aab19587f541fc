import { expect, test } from 'vitest';
import { parseArguments, UsageError } from './arguments.ts';

test.each([
  [[], { target: 'demo' }],
  [['--real'], { target: 'real' }],
  [['--kubeconfig', 'a'], { target: 'other', kubeconfig: 'a' }],
  [
    [
      '--kubeconfig=a=b',
      '--context',
      'c',
      '--kubeconfig-limited=d',
      '--grep',
      'watches: ',
      '--report=r.json',
    ],
    { target: 'other', kubeconfig: 'a=b', context: 'c', limited: 'd', grep: 'watches: ', report: 'r.json' },
  ],
  [['--both', '--grep', 'x'], { target: 'both', grep: 'x' }],
])('%j', (args, expected) => {
  expect(parseArguments(args)).toEqual(expected);
});

test.each([
  [['--kubeconfig'], '--kubeconfig needs a value'],
  [['--kubeconfig='], '--kubeconfig needs a value'],
  [['--real', '--kubeconfig', 'a'], 'exclude each other'],
  [['--both', '--real'], 'exclude each other'],
  [['--both', '--kubeconfig=a'], 'exclude each other'],
  [['--context', 'a'], 'need --kubeconfig'],
  [['--kubeconfig-limited', 'a'], 'need --kubeconfig'],
  [['--both', '--report', 'a'], '--report is of one target'],
  [['--wrong'], 'unknown argument --wrong'],
  [['--constructor', 'a'], 'unknown argument --constructor'],
])('%j is refused', (args, words) => {
  expect(() => parseArguments(args)).toThrow(UsageError);
  expect(() => parseArguments(args)).toThrow(words);
});
