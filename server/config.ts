import { isIPv4 } from 'node:net';
import { join } from 'node:path';

/** What the command line and the environment ask for. Pure: nothing is read or opened here. */
export interface Config {
  /** Files to merge, in kubectl's order; whether they exist is found out later. */
  readonly kubeconfigPaths: readonly string[];
  /** The context shown first; undefined: the kubeconfig's current one. */
  readonly context?: string;
  /** 0: any free port. A taken one: the next free one, up to PORT_TRIES further. */
  readonly port: number;
  readonly host: string;
  readonly stateDir: string;
  readonly isDev: boolean;
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problem: string };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  /** A person reads the log: requests are then left out of it. */
  readonly isTerminal: boolean;
  readonly platform: string;
}

export const DEFAULT_PORT = 7070;
export const PORT_TRIES = 20;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const USAGE = `Usage: node server/main.ts [options]

  --kubeconfig FILE   clusters to show (default: $KUBECONFIG, then ~/.kube/config)
  --context NAME      context to show first (default: the kubeconfig's current one)
  --port N            port to listen on; a taken one gives the next free one (default ${DEFAULT_PORT}; 0: any)
  --host ADDR         loopback address to listen on (default 127.0.0.1)
  --state-dir DIR     where sessions are kept (default: $XDG_STATE_HOME/strata-console)
  --log-level LEVEL   ${LOG_LEVELS.join(', ')} (default: info, at a terminal warn)
  --dev               hot reload, for work on the console itself
  --no-open           accepted for npm start; the server itself never opens a browser
`;

const VALUE_OPTIONS = [
  '--kubeconfig',
  '--context',
  '--port',
  '--host',
  '--state-dir',
  '--log-level',
] as const;
type ValueOption = (typeof VALUE_OPTIONS)[number];

export function configOf(argv: readonly string[], around: Surroundings): ConfigOutcome {
  const words = optionsOf(argv);
  if ('problem' in words) return { ok: false, problem: words.problem };
  const { values, flags } = words;
  const port = portOf(values.get('--port'));
  if (port === null) return refuse(`--port takes a number from 0 to 65535, not "${values.get('--port')}"`);
  const host = values.get('--host') ?? '127.0.0.1';
  if (!isLoopback(host)) {
    return refuse(
      `--host ${host} is not a loopback address. Strata Console has no sign-in yet, so whoever reaches it acts with ` +
        'your rights: it listens on 127.0.0.0/8, ::1 or localhost only.',
    );
  }
  const level = values.get('--log-level') ?? (around.isTerminal ? 'warn' : 'info');
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined)
    return refuse(`--log-level takes one of ${LOG_LEVELS.join(', ')}, not "${level}"`);
  const context = values.get('--context');
  return {
    ok: true,
    config: {
      kubeconfigPaths: kubeconfigPathsOf(values.get('--kubeconfig'), around),
      ...(context === undefined ? {} : { context }),
      port,
      host: host === '[::1]' ? '::1' : host,
      stateDir: values.get('--state-dir') ?? defaultStateDir(around),
      isDev: flags.has('--dev') || around.env.NODE_ENV === 'development',
      logLevel,
    },
  };
}

/** Names of 127.0.0.0/8, ::1 and localhost. Other names are refused: what they resolve to may change. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIPv4(host) && host.startsWith('127.');
}

function optionsOf(
  argv: readonly string[],
): { readonly values: Map<ValueOption, string>; readonly flags: Set<string> } | { readonly problem: string } {
  const values = new Map<ValueOption, string>();
  const flags = new Set<string>();
  const words = argv.flatMap((word) => {
    const at = word.startsWith('--') ? word.indexOf('=') : -1;
    return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
  });
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const option = VALUE_OPTIONS.find((known) => known === word);
    if (option === undefined) {
      if (word !== '--dev' && word !== '--no-open') return { problem: `unknown word "${word}"` };
      flags.add(word);
      continue;
    }
    const value = words[at + 1];
    if (value === undefined || value === '' || value.startsWith('--'))
      return { problem: `${word} needs a value` };
    if (values.has(option)) return { problem: `${word} is given twice` };
    values.set(option, value);
    at += 1;
  }
  return { values, flags };
}

const refuse = (problem: string): ConfigOutcome => ({ ok: false, problem });

function portOf(text: string | undefined): number | null {
  if (text === undefined) return DEFAULT_PORT;
  if (!/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port <= 65_535 ? port : null;
}

/** As kubectl looks: the option alone, else the list in $KUBECONFIG, else the file in the home directory. */
function kubeconfigPathsOf(option: string | undefined, around: Surroundings): readonly string[] {
  if (option !== undefined) return [option];
  const separator = around.platform === 'win32' ? ';' : ':';
  const listed = (around.env.KUBECONFIG ?? '').split(separator).filter((path) => path !== '');
  return listed.length > 0 ? listed : [join(around.homeDir, '.kube', 'config')];
}

function defaultStateDir(around: Surroundings): string {
  const base = around.env.XDG_STATE_HOME ?? '';
  return join(base === '' ? join(around.homeDir, '.local', 'state') : base, 'strata-console');
}
