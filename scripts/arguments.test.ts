import { expect, test } from 'vitest';
import { chooseCluster, serverArguments } from './cluster-choice.ts';
import { browserCommand } from './open-browser.ts';
import { parseStartArguments } from './start-arguments.mjs';
import { LANES, parseTestArguments } from './test-arguments.mjs';

const start = (line: string) => parseStartArguments(line.split(' ').filter((word) => word !== ''));
const testing = (line: string) => parseTestArguments(line.split(' ').filter((word) => word !== ''));

test('npm start takes its options in either spelling', () => {
  const expected = {
    kubeconfig: 'f',
    context: 'c',
    port: '0',
    host: '::1',
    open: false,
    dev: false,
    help: false,
  };
  expect(start('--kubeconfig f --context c --port 0 --host ::1 --no-open')).toEqual({
    ok: true,
    value: expected,
  });
  expect(start('--kubeconfig=f --context=c --port=0 --host=::1 --no-open')).toEqual({
    ok: true,
    value: expected,
  });
  expect(start('')).toEqual({ ok: true, value: { open: true, dev: false, help: false } });
});

test.each([
  ['--demo', 'small'],
  ['--demo --no-open', 'small'],
  ['--demo broken-rollout', 'broken-rollout'],
  ['--demo=small', 'small'],
])('%s asks for the scenario %s', (line, demo) => expect(start(line)).toMatchObject({ value: { demo } }));

test.each([
  ['--what', 'unknown word "--what"'],
  ['small', 'unknown word "small"'],
  ['--port', '--port needs a value'],
  ['--port --no-open', '--port needs a value'],
  ['--kubeconfig=', '--kubeconfig needs a value'],
  ['--port 70000', '--port takes a number from 0 to 65535, not "70000"'],
  ['--port 1e3', '--port takes a number from 0 to 65535, not "1e3"'],
  ['--demo ../x', '--demo takes the name of a scenario, not "../x"'],
  [
    '--demo --kubeconfig f',
    '--demo and --kubeconfig exclude each other: the demo cluster brings its own kubeconfig',
  ],
])('npm start refuses %s', (line, problem) => expect(start(line)).toEqual({ ok: false, problem }));

test('npm test runs every lane, or those asked for in their order', () => {
  expect(testing('')).toEqual({ ok: true, value: { lanes: [...LANES], real: 'auto', help: false } });
  expect(testing('--only e2e --only check --grep pods')).toMatchObject({
    value: { lanes: ['check', 'e2e'], grep: 'pods' },
  });
  expect(testing('--real=required')).toMatchObject({ value: { real: 'required' } });
});

test('asking for the real lane by name makes its absence a failure', () => {
  expect(testing('--only real')).toMatchObject({ value: { lanes: ['real'], real: 'required' } });
  expect(testing('--only real --real off')).toMatchObject({ value: { real: 'off' } });
});

test.each([
  ['--only all', '--only takes one of check, unit, build, bench, conformance, e2e, real, not "all"'],
  ['--real maybe', '--real takes one of required, auto, off, not "maybe"'],
  ['--only', '--only needs a value'],
  ['pods', 'unknown word "pods"'],
])('npm test refuses %s', (line, problem) => expect(testing(line)).toEqual({ ok: false, problem }));

const given = { open: true, dev: false, help: false };

test('the demo is shown when asked for or when there is nothing else', () => {
  const nothing = { kubeconfigVariable: undefined, hasDefaultFile: false };
  expect(chooseCluster(given, nothing)).toMatchObject({
    scenario: 'small',
    because: expect.stringContaining('demo'),
  });
  expect(chooseCluster(given, { ...nothing, kubeconfigVariable: '' })).toMatchObject({ scenario: 'small' });
  expect(chooseCluster(given, { ...nothing, hasDefaultFile: true })).toEqual({});
  expect(chooseCluster(given, { ...nothing, kubeconfigVariable: '/gone' })).toEqual({});
  expect(chooseCluster({ ...given, demo: 'x' }, { kubeconfigVariable: '/a', hasDefaultFile: true })).toEqual({
    scenario: 'x',
  });
  expect(chooseCluster({ ...given, kubeconfig: 'f' }, nothing)).toEqual({ kubeconfig: 'f' });
});

test('the console gets a kubeconfig, whoever made it, and opens no browser itself', () => {
  expect(serverArguments({ ...given, context: 'c', port: '0' }, 'f')).toEqual([
    '--kubeconfig',
    'f',
    '--context',
    'c',
    '--port',
    '0',
    '--no-open',
  ]);
  expect(serverArguments(given, undefined)).toEqual(['--no-open']);
});

test('a browser is opened as the platform does it', () => {
  const url = 'http://127.0.0.1:1/?token=a&b';
  expect(browserCommand('linux', url)).toEqual(['xdg-open', url]);
  expect(browserCommand('darwin', url)).toEqual(['open', url]);
  expect(browserCommand('win32', url).at(-1)).toBe('http://127.0.0.1:1/?token=a^&b');
});
