import { describe, expect, test } from 'vitest';
import { type Command, parseArguments, UsageError } from './arguments.ts';

const good: [string, Command][] = [
  ['build', { name: 'build' }],
  ['up', { name: 'up', nodes: 0, pods: 0 }],
  ['up --nodes 10 --pods=500', { name: 'up', nodes: 10, pods: 500 }],
  ['up --from /saved --dir /state', { name: 'up', nodes: 0, pods: 0, from: '/saved', dir: '/state' }],
  ['load 5000 50000', { name: 'load', nodes: 5000, pods: 50_000 }],
  ['save /somewhere', { name: 'save', to: '/somewhere' }],
  ['status', { name: 'status' }],
  ['down', { name: 'down', purge: false }],
  ['down --purge --dir=/state', { name: 'down', purge: true, dir: '/state' }],
  ['pause apiserver', { name: 'pause' }],
];

const bad: [string, string][] = [
  ['', 'a command is missing'],
  ['destroy', 'unknown command destroy'],
  ['up --nodes', '--nodes needs a value'],
  ['up --nodes -3', '-3 is not a number of objects'],
  ['up --nodes 1e9', '1e9 is not a number of objects'],
  ['up ten', 'up takes no further words'],
  ['up --force', 'unknown option --force'],
  ['load 3', 'load needs two numbers: NODES PODS'],
  ['save', 'save needs a folder'],
  ['status --purge', 'status does not take --purge'],
  ['kill etcd', 'kill needs the word apiserver'],
];

describe('parseArguments', () => {
  test.each(good)('reads: %s', (line, command) => {
    expect(parseArguments(line.split(' '))).toEqual(command);
  });

  test.each(bad)('refuses: %s', (line, message) => {
    expect(() => parseArguments(line.split(' ').filter(Boolean))).toThrow(new UsageError(message));
  });
});
