/** The command line of `npm run controlplane --`. Pure: words in, a command or words about the mistake out. */

export const usage = `npm run controlplane -- COMMAND

  build                                   build what is missing
  up [--nodes N] [--pods N] [--from DIR]  start, or bring what runs to this size; prints KEY=VALUE lines
  load NODES PODS                         bring the running cluster to this size
  status                                  what runs, and how much memory it has
  save DIR                                stop, and copy etcd's data for a later: up --from DIR
  down [--purge]                          stop what was started; --purge removes its state as well
  kill apiserver | start apiserver        SIGKILL; start again on the same port
  pause apiserver | resume apiserver      SIGSTOP; SIGCONT

  --dir DIR   state folder (default: strata-controlplane in the folder for temporary files)

KUBEBUILDER_ASSETS            folder with kube-apiserver and etcd (and others) to use instead of building
STRATA_CONTROLPLANE_BIN       folder for what is built (default: under ~/.cache/strata-console/controlplane)
CONTROLPLANE_APISERVER_FLAGS  more flags for kube-apiserver`;

export type Command = { dir?: string } & (
  | { name: 'build' }
  | { name: 'up'; nodes: number; pods: number; from?: string }
  | { name: 'load'; nodes: number; pods: number }
  | { name: 'status' }
  | { name: 'save'; to: string }
  | { name: 'down'; purge: boolean }
  | { name: 'kill' | 'start' | 'pause' | 'resume' }
);

export class UsageError extends Error {}

const valued = ['--nodes', '--pods', '--from', '--dir'] as const;

/** Throws UsageError. */
export function parseArguments(args: readonly string[]): Command {
  const { words, options } = split(args);
  const [name, ...rest] = words;
  const command = commandOf(name, rest, options);
  const dir = options.get('--dir');
  const left = [...options.keys()].filter((key) => key !== '--dir' && !accepted(command.name).includes(key));
  if (left.length > 0) throw new UsageError(`${command.name} does not take ${left.join(', ')}`);
  return dir === undefined ? command : { ...command, dir };
}

function commandOf(name: string | undefined, rest: string[], options: Map<string, string>): Command {
  const want = (count: number, words: string): void => {
    if (rest.length !== count)
      throw new UsageError(count === 0 ? `${name} takes no ${words}` : `${name} needs ${words}`);
  };
  switch (name) {
    case 'build':
    case 'status':
      want(0, 'further words');
      return { name };
    case 'up': {
      want(0, 'further words');
      const from = options.get('--from');
      const size = { nodes: count(options.get('--nodes') ?? '0'), pods: count(options.get('--pods') ?? '0') };
      return { name, ...size, ...(from !== undefined && { from }) };
    }
    case 'load':
      want(2, 'two numbers: NODES PODS');
      return { name, nodes: count(rest[0]), pods: count(rest[1]) };
    case 'save':
      want(1, 'a folder');
      return { name, to: rest[0] ?? '' };
    case 'down':
      want(0, 'further words');
      return { name, purge: options.has('--purge') };
    case 'kill':
    case 'start':
    case 'pause':
    case 'resume':
      if (rest.join(' ') !== 'apiserver') throw new UsageError(`${name} needs the word apiserver`);
      return { name };
    default:
      throw new UsageError(name === undefined ? 'a command is missing' : `unknown command ${name}`);
  }
}

function accepted(name: Command['name']): readonly string[] {
  if (name === 'up') return ['--nodes', '--pods', '--from'];
  return name === 'down' ? ['--purge'] : [];
}

function split(args: readonly string[]): { words: string[]; options: Map<string, string> } {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < args.length; index += 1) {
    const [key = '', ...inline] = (args[index] ?? '').split('=');
    if (!key.startsWith('--')) {
      words.push(args[index] ?? '');
    } else if (key === '--purge') {
      options.set(key, '');
    } else if ((valued as readonly string[]).includes(key)) {
      const value = inline.length > 0 ? inline.join('=') : args[++index];
      if (value === undefined || value === '') throw new UsageError(`${key} needs a value`);
      options.set(key, value);
    } else {
      throw new UsageError(`unknown option ${key}`);
    }
  }
  return { words, options };
}

function count(text: string | undefined): number {
  if (!text || !/^\d{1,7}$/.test(text)) throw new UsageError(`${text} is not a number of objects`);
  return Number(text);
}
