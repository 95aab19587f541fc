/**
 * The three streams of a process. With a terminal, what is typed goes through a line discipline: it is echoed, edited
 * and handed on a line at a time, ^C interrupts, ^D on an empty line is the end, and `\n` is written as `\r\n`.
 */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
  hasTerminal: boolean;
}

/** What is typed ahead beyond this is lost: nobody reads it. */
const MOST_WAITING = 1024 * 1024;

export class Stdio {
  readonly #streams: Streams;
  readonly #lines: string[] = [];
  #rest = '';
  #waiting = 0;
  #isEnded = false;
  #wake: (() => void) | undefined;
  /** What ^C does now. */
  onInterrupt: (() => void) | undefined;
  columns = 80;
  rows = 24;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  get hasTerminal(): boolean {
    return this.#streams.hasTerminal;
  }

  out(text: string): void {
    this.#streams.out(this.hasTerminal ? text.replaceAll('\n', '\r\n') : text);
  }

  err(text: string): void {
    if (this.hasTerminal) this.out(text);
    else this.#streams.err(text);
  }

  /** The next line with its end, the rest of the input without one, or undefined at its end. */
  async readLine(): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined) {
        this.#waiting -= line.length;
        return line;
      }
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  feed(text: string): void {
    if (this.hasTerminal) for (const key of text) this.#type(key);
    else this.#append(text);
    this.#wake?.();
  }

  /** No more input will come. */
  end(): void {
    if (this.#rest !== '') this.#push(this.#rest);
    this.#rest = '';
    this.#isEnded = true;
    this.#wake?.();
  }

  #push(line: string): void {
    this.#waiting += line.length;
    this.#lines.push(line);
  }

  #append(text: string): void {
    if (this.#waiting + this.#rest.length > MOST_WAITING) return;
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#push(`${part}\n`);
  }

  #type(key: string): void {
    if (key === '\r' || key === '\n') {
      this.out('\n');
      this.#append('\n');
    } else if (key === '\u007f' || key === '\b') {
      if (this.#rest !== '') this.#streams.out('\b \b');
      this.#rest = this.#rest.slice(0, -1);
    } else if (key === '\u0003') {
      this.out('^C\n');
      this.#rest = '';
      if (this.onInterrupt) this.onInterrupt();
      else this.#push('\n');
    } else if (key === '\u0004') {
      if (this.#rest === '') this.end();
    } else if (key >= ' ' || key === '\t') {
      this.#streams.out(key);
      this.#rest += key;
    }
  }
}
