/**
 * A small shell: words with quotes and variables, `;`, `&&`, `||`, `>&2` and `>/dev/null`, comments, and the builtins
 * cd, exit, export and unset. No pipes, globs, functions or loops: they are syntax errors.
 */
import { listFolder, resolvePath } from './machine.ts';
import { PROGRAMS, type Process } from './programs.ts';
import { Stdio } from './stdio.ts';

const MOST_DEPTH = 8;

interface Token {
  text: string;
  isOperator: boolean;
}

class SyntaxFault extends Error {}

const OPERATORS = /^(&&|\|\||;|\n|2>&1|>&2|1>&2|2?>>?\s*\/dev\/null)/;

/** A variable's place in a word, until the command before it has run: private letters, which scripts lose. */
const place = (name: string) => `\ue000${name}\ue001`;
const PLACES = /\ue000(.*?)\ue001/g;

/** Splits a script into words and operators; variables not in single quotes leave their place in a word. */
function tokenize(written: string): Token[] {
  const script = written.replaceAll('\ue000', '').replaceAll('\ue001', '');
  const tokens: Token[] = [];
  let word: string | undefined;
  let quote = '';
  const flush = () => {
    if (word !== undefined) tokens.push({ text: word, isOperator: false });
    word = undefined;
  };
  for (let index = 0; index < script.length; index += 1) {
    const char = script[index] as string;
    const rest = script.slice(index);
    const name = quote === "'" ? null : /^\$(\{(\w+)\}|\w+|\?)/.exec(rest);
    if (name) {
      word = (word ?? '') + place(name[2] ?? (name[1] as string));
      index += name[0].length - 1;
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word += char === '\\' && quote === '"' ? (script[++index] ?? '') : char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (char === '\\') word = (word ?? '') + (script[++index] ?? '');
    else
      index += scanPlain(char, rest, word, {
        flush,
        tokens,
        add: (more) => {
          word = (word ?? '') + more;
        },
      });
  }
  if (quote !== '') throw new SyntaxFault('unterminated quoted string');
  flush();
  return tokens;
}

interface Scanner {
  flush(): void;
  tokens: Token[];
  add(text: string): void;
}

/** How many characters beyond this one are dealt with. */
function scanPlain(char: string, rest: string, word: string | undefined, scanner: Scanner): number {
  const isStart = word === undefined;
  const operator = OPERATORS.exec(rest)?.[0];
  if (operator && (isStart || !/^\d/.test(operator))) {
    scanner.flush();
    scanner.tokens.push({ text: operator, isOperator: true });
    return operator.length - 1;
  }
  if (char === '#' && isStart) return (/^[^\n]*/.exec(rest)?.[0].length ?? 1) - 1;
  if (/\s/.test(char)) scanner.flush();
  else if ('|&<>()`'.includes(char)) throw new SyntaxFault(`unexpected "${char}"`);
  else scanner.add(char);
  return 0;
}

export class Shell {
  readonly #process: Process;
  readonly #depth: number;
  #last = 0;
  #exit: number | undefined;

  constructor(process: Process, depth = 0) {
    this.#process = process;
    this.#depth = depth;
  }

  /** Runs a whole script; gives the last exit code. */
  async run(script: string): Promise<number> {
    try {
      let command: Token[] = [];
      let joint = ';';
      for (const token of [...tokenize(script), { text: ';', isOperator: true }]) {
        if (!token.isOperator || token.text.includes('>')) {
          command.push(token);
          continue;
        }
        const isDue = joint === '&&' ? this.#last === 0 : joint === '||' ? this.#last !== 0 : true;
        if (command.length > 0 && isDue) this.#last = await this.#command(command);
        if (command.length > 0 || joint === ';') joint = token.text === '\n' ? ';' : token.text;
        command = [];
        if (this.#exit !== undefined || this.#process.signal.aborted) break;
      }
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      this.#process.io.err(`sh: syntax error: ${error.message}\n`);
      this.#last = 2;
    }
    return this.#exit ?? this.#last;
  }

  /** Reads commands from the input until it ends or says exit. */
  async interact(): Promise<number> {
    const { io, signal } = this.#process;
    while (!signal.aborted && this.#exit === undefined) {
      if (io.hasTerminal) io.out(`${this.#process.cwd} # `);
      const line = await io.readLine();
      if (line === undefined || signal.aborted) break;
      await this.run(line);
    }
    return this.#exit ?? this.#last;
  }

  #expand(word: string): string {
    return word.replace(PLACES, (_place, name: string) => this.#variable(name));
  }

  #variable(name: string): string {
    return name === '?' ? String(this.#last) : (this.#process.env.get(name) ?? '');
  }

  async #command(tokens: Token[]): Promise<number> {
    const words = tokens.filter(({ isOperator }) => !isOperator).map(({ text }) => this.#expand(text));
    const redirects = tokens.filter(({ isOperator }) => isOperator).map(({ text }) => text);
    while (/^\w+=/.test(words[0] ?? '')) this.#assign(words.shift() as string);
    const [name, ...args] = words;
    if (name === undefined) return 0;
    if (name === 'exit') {
      this.#exit = args[0] === undefined ? this.#last : Number.parseInt(args[0], 10) & 255;
      return this.#exit;
    }
    if (name === 'cd') return this.#changeFolder(args[0] ?? '/root');
    if (name === 'export' || name === 'unset') {
      for (const arg of args) {
        if (name === 'export') this.#assign(arg);
        else this.#process.env.delete(arg);
      }
      return 0;
    }
    const process = { ...this.#process, io: redirected(this.#process.io, redirects) };
    return (await runProgram(process, name, args, this.#depth + 1)) ?? this.#notFound(process, name);
  }

  #notFound(process: Process, name: string): number {
    process.io.err(`sh: ${name}: not found\n`);
    return 127;
  }

  #assign(written: string): void {
    const cut = written.indexOf('=');
    if (cut > 0) this.#process.env.set(written.slice(0, cut), written.slice(cut + 1));
  }

  #changeFolder(path: string): number {
    const full = resolvePath(this.#process.cwd, path);
    if (listFolder(this.#process.machine.files, full)) {
      this.#process.cwd = full;
      return 0;
    }
    this.#process.io.err(`sh: cd: can't cd to ${path}: No such file or directory\n`);
    return 2;
  }
}

function redirected(io: Stdio, redirects: string[]): Stdio {
  if (redirects.length === 0) return io;
  const last = redirects.at(-1) as string;
  const drop = () => undefined;
  const isDropped = last.includes('/dev/null');
  const out =
    last.endsWith('>&2') && !last.startsWith('2')
      ? (text: string) => io.err(text)
      : (text: string) => io.out(text);
  const err = last === '2>&1' ? (text: string) => io.out(text) : (text: string) => io.err(text);
  const target = new Stdio({
    hasTerminal: false,
    out: isDropped && !last.startsWith('2') ? drop : out,
    err: isDropped && last.startsWith('2') ? drop : err,
  });
  target.readLine = () => io.readLine();
  return target;
}

/** Runs one program. Undefined when there is none of that name. */
export async function runProgram(
  process: Process,
  name: string,
  args: string[],
  depth = 0,
): Promise<number | undefined> {
  const base = name.replace(/^(\/usr)?\/bin\//, '');
  if (base === 'sh' || base === 'ash' || base === 'bash') {
    if (depth > MOST_DEPTH) return 2;
    const shell = new Shell({ ...process, env: new Map(process.env) }, depth);
    const script = args.findIndex((arg) => /^-\w*c$/.test(arg));
    if (script < 0) return shell.interact();
    return shell.run(args[script + 1] ?? '');
  }
  return PROGRAMS.get(base)?.({ ...process }, args);
}
