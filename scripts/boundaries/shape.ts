// Rules "size", "depth", "names": how big, how deep, how called.
import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import { isWithin } from './room.ts';
import type { SourceFile, Violation } from './source-file.ts';

export interface Limits {
  readonly fileLines: number;
  readonly testLines: number;
  readonly functionLines: number;
  readonly folderFiles: number;
  /** folders above a file, and for the routes of app/ */
  readonly depth: number;
  readonly routeDepth: number;
  /** generated facts and fixtures: their size is free */
  readonly sizeFree: readonly string[];
  readonly bannedNames: readonly string[];
}

const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
/** `[cluster]`, `[...name]`, `(group)`, `_private`: Next's own spelling of folders */
const ROUTE_FOLDER = /^(\[(\.\.\.)?[a-z-]+\]|\([a-z-]+\)|_?[a-z0-9]+(-[a-z0-9]+)*)$/;

function checkNames(limits: Limits, file: SourceFile): Violation[] {
  const parts = file.path.split('/');
  const name = parts.at(-1) ?? '';
  const words = parts.flatMap((part) => part.split('.')[0]?.split('-') ?? []);
  const banned = words.find((word) => limits.bannedNames.includes(word));
  const found = (message: string): Violation => ({ path: file.path, line: 1, rule: 'names', message });
  const folders = parts
    .slice(0, -1)
    .filter((part) => !(file.path.startsWith('app/') ? ROUTE_FOLDER : FILE_NAME).test(part));
  return [
    ...(banned === undefined ? [] : [found(`"${banned}" says nothing: name it for what it holds or does`)]),
    ...(FILE_NAME.test(name) && folders.length === 0
      ? []
      : [found('files and folders are kebab-case, named for their main export')]),
  ];
}

function checkDepth(limits: Limits, file: SourceFile): Violation[] {
  const depth = file.path.split('/').length - 1;
  const limit = file.path.startsWith('app/') ? limits.routeDepth : limits.depth;
  if (depth <= limit) return [];
  return [
    {
      path: file.path,
      line: 1,
      rule: 'depth',
      message: `${depth} folders deep, at most ${limit}: move it up`,
    },
  ];
}

function checkFunctions(limits: Limits, file: SourceFile): Violation[] {
  if (file.isTest) return [];
  const found: Violation[] = [];
  const measure = (node: Node) => {
    const [first, last] = [file.lineOf(node.start), file.lineOf(node.end)];
    const lines = last - first + 1;
    if (lines > limits.functionLines)
      found.push({
        path: file.path,
        line: first,
        rule: 'size',
        message: `a function of ${lines} lines, at most ${limits.functionLines}: give its steps names of their own`,
      });
  };
  file.visit({ FunctionDeclaration: measure, FunctionExpression: measure, ArrowFunctionExpression: measure });
  return found;
}

function checkSize(limits: Limits, file: SourceFile): Violation[] {
  if (limits.sizeFree.some((place) => isWithin(file.path, place))) return [];
  const limit = file.isTest ? limits.testLines : limits.fileLines;
  const tooLong: Violation[] =
    file.lineCount <= limit
      ? []
      : [
          {
            path: file.path,
            line: limit + 1,
            rule: 'size',
            message: `${file.lineCount} lines, at most ${limit}: split it along its parts`,
          },
        ];
  return [...tooLong, ...checkFunctions(limits, file)];
}

function checkFolders(limits: Limits, files: readonly SourceFile[]): Violation[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file.path);
    if (!file.isTest) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([folder, count]) => folder !== '.' && count > limits.folderFiles)
    .map(([folder, count]) => ({
      path: folder,
      line: 1,
      rule: 'size',
      message: `${count} source files in one folder, at most ${limits.folderFiles}: make folders by subject`,
    }));
}

export function checkShape(limits: Limits, files: readonly SourceFile[]): Violation[] {
  return [
    ...files.flatMap((file) => [
      ...checkNames(limits, file),
      ...checkDepth(limits, file),
      ...checkSize(limits, file),
    ]),
    ...checkFolders(limits, files),
  ];
}
