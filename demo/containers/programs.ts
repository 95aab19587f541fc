/** The programs of a container. Each gets its arguments without its own name and gives its exit code. */
import type { Cancel } from '../base/clock.ts';
import { listFolder, type Machine, resolvePath } from './machine.ts';
import type { Stdio } from './stdio.ts';

export interface Process {
  machine: Machine;
  io: Stdio;
  env: Map<string, string>;
  cwd: string;
  now(): number;
  schedule(delayMs: number, run: () => void): Cancel;
  /** Aborted when the client has gone or the container ends. */
  signal: AbortSignal;
}

export type Program = (process: Process, args: string[]) => number | Promise<number>;

const options = (args: string[]) => args.filter((arg) => arg.startsWith('-') && arg !== '-').join('');
const operands = (args: string[]) => args.filter((arg) => !arg.startsWith('-') || arg === '-');

const ls: Program = ({ machine, io, cwd }, args) => {
  let code = 0;
  const paths = operands(args);
  for (const path of paths.length > 0 ? paths : ['.']) {
    const full = resolvePath(cwd, path);
    const isFile = machine.files.has(full);
    const names = isFile ? [path] : listFolder(machine.files, full);
    if (!names) {
      io.err(`ls: ${path}: No such file or directory\n`);
      code = 1;
      continue;
    }
    if (paths.length > 1) io.out(`${path}:\n`);
    for (const name of names) {
      const size = machine.files.get(isFile ? full : resolvePath(full, name))?.length ?? 4096;
      io.out(options(args).includes('l') ? longLine(name, size, machine) : `${name.replace(/\/$/, '')}\n`);
    }
  }
  return code;
};

function longLine(name: string, size: number, machine: Machine): string {
  const isFolder = name.endsWith('/');
  const [, day, month, , time = ''] = new Date(machine.startMs).toUTCString().split(' ');
  const mode = isFolder ? 'drwxr-xr-x    2' : '-rw-r--r--    1';
  const plainName = name.replace(/\/$/, '');
  return `${mode} root     root     ${String(size).padStart(8)} ${month} ${day} ${time.slice(0, 5)} ${plainName}\n`;
}

const cat: Program = async ({ machine, io, cwd, signal }, args) => {
  let code = 0;
  const paths = operands(args);
  for (const path of paths.length > 0 ? paths : ['-']) {
    if (path === '-') {
      for (let line = await io.readLine(); line !== undefined && !signal.aborted; line = await io.readLine())
        io.out(line);
      continue;
    }
    const full = resolvePath(cwd, path);
    const content = machine.files.get(full);
    if (content !== undefined) io.out(content);
    else {
      const isFolder = listFolder(machine.files, full) !== undefined;
      io.err(
        `cat: ${isFolder ? 'read error: Is a directory' : `can't open '${path}': No such file or directory`}\n`,
      );
      code = 1;
    }
  }
  return code;
};

const echo: Program = ({ io }, args) => {
  const isOpen = args[0] === '-n';
  io.out(`${args.slice(isOpen ? 1 : 0).join(' ')}${isOpen ? '' : '\n'}`);
  return 0;
};

const env: Program = ({ io, env: variables }) => {
  for (const [name, value] of variables) io.out(`${name}=${value}\n`);
  return 0;
};

const ps: Program = ({ machine, io, now }) => {
  const minutes = Math.floor((now() - machine.startMs) / 60_000);
  const worked = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  io.out('PID   USER     TIME  COMMAND\n');
  io.out(`    1 root     ${worked.padStart(5)} ${machine.command}\n`);
  io.out('   31 root      0:00 sh\n   38 root      0:00 ps\n');
  return 0;
};

/** One shot, whether asked for or not. */
const top: Program = (process, _args) => {
  const { io, machine, now } = process;
  const load = 20 + (Math.floor(now() / 10_000) % 60);
  io.out('Mem: 9482104K used, 6831620K free, 18444K shrd, 312084K buff, 5120332K cached\n');
  io.out(
    `CPU:  ${Math.floor(load / 4)}% usr   3% sys   0% nic  ${96 - Math.floor(load / 4)}% idle   0% io   0% irq   0% sirq\n`,
  );
  io.out(
    `Load average: 0.${load} 0.41 0.38 1/842 38\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`,
  );
  io.out(`    1     0 root     S     712m   4%   1   ${Math.floor(load / 10)}% ${machine.command}\n`);
  io.out(
    '   31     0 root     S     1744   0%   0   0% sh\n   38    31 root     R     1688   0%   0   0% top\n',
  );
  return 0;
};

const sleep: Program = ({ io, schedule, signal }, [written = '']) => {
  const seconds = Number(written.replace(/s$/, ''));
  if (written === '' || !(seconds >= 0)) {
    io.err(`sleep: invalid number '${written}'\n`);
    return 1;
  }
  return new Promise((resolve) => {
    const stop = (code: number) => {
      cancel();
      io.onInterrupt = undefined;
      resolve(code);
    };
    const cancel = schedule(seconds * 1_000, () => stop(0));
    io.onInterrupt = () => stop(130);
    signal.addEventListener('abort', () => stop(137), { once: true });
  });
};

const stty: Program = ({ io }, args) => {
  if (!io.hasTerminal) {
    io.err('stty: standard input: Not a tty\n');
    return 1;
  }
  io.out(
    args[0] === 'size'
      ? `${io.rows} ${io.columns}\n`
      : `speed 38400 baud; rows ${io.rows}; columns ${io.columns};\n`,
  );
  return 0;
};

function say(io: Stdio, text: string): number {
  io.out(text);
  return 0;
}

export const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['ls', ls],
  ['cat', cat],
  ['echo', echo],
  ['env', env],
  ['printenv', env],
  ['ps', ps],
  ['top', top],
  ['sleep', sleep],
  ['stty', stty],
  ['true', () => 0],
  ['false', () => 1],
  ['pwd', ({ io, cwd }) => say(io, `${cwd}\n`)],
  ['hostname', ({ io, machine }) => say(io, `${machine.hostname}\n`)],
  ['whoami', ({ io }) => say(io, 'root\n')],
  ['id', ({ io }) => say(io, 'uid=0(root) gid=0(root) groups=0(root)\n')],
  ['date', ({ io, now }) => say(io, `${new Date(now()).toUTCString()}\n`)],
  ['uname', ({ io }, args) => say(io, args.length > 0 ? 'Linux demo 6.12.40 x86_64 Linux\n' : 'Linux\n')],
]);
