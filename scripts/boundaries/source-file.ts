// One source file as the rules see it: its imports, its tree, its comments, and lines for messages.
import { posix } from 'node:path';
import { type Comment, type Program, parseSync, Visitor, type VisitorObject } from 'oxc-parser';

export interface ImportUse {
  /** as written */
  readonly specifier: string;
  /** path from the root, for a file of the house; undefined for a package */
  readonly path: string | undefined;
  /** `@mantine/core` for `@mantine/core/styles.css`, `node:*` for Node's own; undefined for a file of the house */
  readonly packageName: string | undefined;
  /** the whole statement is erased: `import type …`, `export type … from` */
  readonly isType: boolean;
  readonly line: number;
}

export interface SourceFile {
  /** from the root, with `/` */
  readonly path: string;
  readonly isTest: boolean;
  readonly lineCount: number;
  readonly imports: readonly ImportUse[];
  readonly comments: readonly Comment[];
  readonly program: Program;
  lineOf(offset: number): number;
  visit(visitor: VisitorObject): void;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** what is wrong and what to do */
  readonly message: string;
}

const TEST = /\.(test|spec|conformance)\.tsx?$/;

/** `#lib/format/age.ts` and relative imports to a path from the root; undefined for a package. */
export function resolveInHouse(fromPath: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(fromPath), specifier));
  return undefined;
}

export function packageNameOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:*';
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Line numbers by binary search over the offsets at which lines begin. */
function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

function importsOf(
  path: string,
  text: string,
  parsed: ReturnType<typeof parseSync>,
  lineOf: (at: number) => number,
) {
  const use = (specifier: string, start: number, isType: boolean): ImportUse => {
    const house = resolveInHouse(path, specifier);
    return {
      specifier,
      path: house,
      packageName: house === undefined ? packageNameOf(specifier) : undefined,
      isType,
      line: lineOf(start),
    };
  };
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const isErased = (start: number) => /^(import|export)\s+type\b/.test(text.slice(start, start + 40));
  const fromExports = staticExports.flatMap((one) => {
    const request = one.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    return request ? [use(request.value, one.start, isErased(one.start))] : [];
  });
  const fromCalls = dynamicImports.flatMap((one) => {
    const literal = /^(['"])(.*)\1$/.exec(text.slice(one.moduleRequest.start, one.moduleRequest.end));
    return literal?.[2] === undefined ? [] : [use(literal[2], one.start, false)];
  });
  return [
    ...staticImports.map((one) => use(one.moduleRequest.value, one.start, isErased(one.start))),
    ...fromExports,
    ...fromCalls,
  ];
}

/** Parses one file. Throws with the place when it is not TypeScript or JavaScript. */
export function readSource(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text);
  const lineOf = lineFinder(text);
  const error = parsed.errors[0];
  if (error !== undefined) throw new Error(`${path}:${lineOf(error.labels[0]?.start ?? 0)} ${error.message}`);
  const { program } = parsed;
  return {
    path,
    isTest: TEST.test(path),
    lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: importsOf(path, text, parsed, lineOf),
    comments: parsed.comments,
    program,
    lineOf,
    visit: (visitor) => new Visitor(visitor).visit(program),
  };
}
