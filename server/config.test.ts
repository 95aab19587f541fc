import { describe, expect, it } from 'vitest';
import { type Config, configOf, isLoopback, type Surroundings } from './config.ts';

const around: Surroundings = { env: {}, homeDir: '/home/ann', isTerminal: false, platform: 'linux' };

function config(argv: string[], change: Partial<Surroundings> = {}): Config {
  const outcome = configOf(argv, { ...around, ...change });
  if (!outcome.ok) throw new Error(outcome.problem);
  return outcome.config;
}

function problem(argv: string[]): string {
  const outcome = configOf(argv, around);
  return outcome.ok ? '' : outcome.problem;
}

describe('the command line', () => {
  it('has defaults for everything', () => {
    expect(config([])).toEqual({
      kubeconfigPaths: ['/home/ann/.kube/config'],
      port: 7070,
      host: '127.0.0.1',
      stateDir: '/home/ann/.local/state/strata-console',
      isDev: false,
      logLevel: 'info',
    });
  });

  it('takes values as two words or one', () => {
    const given = config([
      '--kubeconfig',
      '/k',
      '--port=0',
      '--context=eu',
      '--state-dir',
      '/s',
      '--dev',
      '--no-open',
    ]);
    expect(given).toMatchObject({
      kubeconfigPaths: ['/k'],
      port: 0,
      context: 'eu',
      stateDir: '/s',
      isDev: true,
    });
  });

  it('looks for the kubeconfig where kubectl does', () => {
    expect(config([], { env: { KUBECONFIG: '/a::/b' } }).kubeconfigPaths).toEqual(['/a', '/b']);
    expect(
      config([], { env: { KUBECONFIG: 'C:\\a;D:\\b' }, platform: 'win32' }).kubeconfigPaths,
    ).toHaveLength(2);
    expect(config(['--kubeconfig', '/k'], { env: { KUBECONFIG: '/a' } }).kubeconfigPaths).toEqual(['/k']);
  });

  it('honours XDG_STATE_HOME, NODE_ENV and a terminal', () => {
    const given = config([], { env: { XDG_STATE_HOME: '/x', NODE_ENV: 'development' }, isTerminal: true });
    expect(given).toMatchObject({ stateDir: '/x/strata-console', isDev: true, logLevel: 'warn' });
  });

  it.each([
    [['--port', 'http'], /--port takes a number/],
    [['--port', '70000'], /--port takes a number/],
    [['--port'], /--port needs a value/],
    [['--port', '1', '--port', '2'], /given twice/],
    [['--kubeconfig', '--dev'], /--kubeconfig needs a value/],
    [['--log-level', 'loud'], /--log-level takes one of/],
    [['serve'], /unknown word "serve"/],
    [['--host', '0.0.0.0'], /not a loopback address.*no sign-in/],
    [['--host', '10.0.0.1'], /not a loopback address/],
    [['--host', '127.0.0.1.nip.io'], /not a loopback address/],
    [['--host', '::'], /not a loopback address/],
  ])('refuses %j', (argv, words) => {
    expect(problem(argv)).toMatch(words);
  });

  it('knows loopback', () => {
    for (const host of ['127.0.0.1', '127.8.9.1', '::1', '[::1]', 'localhost'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['127.1', '0x7f.1', 'LOCALHOST.', '128.0.0.1', ''])
      expect(isLoopback(host)).toBe(false);
  });
});
