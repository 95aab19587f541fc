/**
 * The story a container's own command tells, where it is as plain as `sleep 30`, `false` or
 * `sh -c 'echo bye; sleep 5; exit 3'`. Anything else tells nothing. Pure.
 */
import type { Container } from '../../base/types.ts';
import type { Story } from './story.ts';

const LEAST_MS = 500;
const SHELLS = new Set(['sh', 'bash', 'ash']);
const QUIET = new Set(['echo', 'date', 'hostname', 'ls', 'pwd', 'env', 'id', 'true']);

const nameOf = (path: string | undefined) => path?.split('/').at(-1) ?? '';

export function commandStory({ command = [], args = [] }: Container): Story | undefined {
  const words = [...command, ...args];
  if (words.length === 0) return undefined;
  const isScript = SHELLS.has(nameOf(words[0])) && words[1] === '-c' && words.length === 3;
  const steps = isScript ? (words[2] as string).split(/;|&&|\n/).map(split) : [words];
  let afterMs = 0;
  let code = 0;
  for (const step of steps.filter(({ length }) => length > 0)) {
    const [program, first = ''] = [nameOf(step[0]), step[1]];
    if (program === 'exit' && /^\d{1,3}$/.test(first)) return ending(afterMs, Number(first));
    if (program === 'sleep' && /^\d+s?$/.test(first)) afterMs += Number.parseInt(first, 10) * 1_000;
    else if (program === 'false') code = 1;
    else if (QUIET.has(program)) code = 0;
    else return undefined;
  }
  return ending(afterMs, code);
}

const split = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean);

function ending(afterMs: number, exitCode: number): Story {
  const ms = Math.max(LEAST_MS, afterMs);
  return exitCode === 0
    ? { kind: 'completes', afterMs: ms }
    : { kind: 'crash', exitCode, afterMs: ms, message: '' };
}
