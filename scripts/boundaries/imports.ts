// Rule "imports": every import stays within what the importing room may see.
import { allowsPackage, isWithin, type Room, roomOf } from './room.ts';
import type { ImportUse, SourceFile, Violation } from './source-file.ts';

/** What any test may use besides its room's own. */
export interface TestExtras {
  readonly packages: readonly string[];
  readonly imports: readonly string[];
}

const topOf = (path: string) => path.split('/')[0] ?? '';

function checkHouseImport(
  rooms: readonly Room[],
  room: Room,
  use: ImportUse,
  extra: readonly string[],
): string | undefined {
  const path = use.path ?? '';
  const target = roomOf(rooms, path);
  if (target === undefined)
    return `${path} is in no room: it lies outside the house or scripts/boundaries.ts does not know it`;
  if (!use.specifier.startsWith('#') && topOf(room.path) !== topOf(path))
    return `out of ${topOf(room.path)}/ imports begin with #: write #${path}`;
  if (target === room) return undefined;
  const allowed = [...room.imports, ...extra, ...(use.isType ? (room.types ?? []) : [])];
  if (allowed.some((place) => isWithin(path, place))) return undefined;
  const onlyTypes = (room.types ?? []).some((place) => isWithin(path, place));
  return onlyTypes
    ? `${room.path} may use only types of ${target.path}: write "import type", or move what runs to where it may be used`
    : `${room.path} may not import ${target.path} (it may: ${room.imports.join(', ') || 'nothing'}). Pass it in, or move the code; docs/architecture.md has the map`;
}

function checkPackage(room: Room, use: ImportUse, extra: readonly string[]): string | undefined {
  const name = use.packageName ?? '';
  const allowed = [...room.packages, ...extra, ...(use.isType ? (room.typePackages ?? []) : [])];
  if (allowsPackage(allowed, name)) return undefined;
  return `${room.path} may not use the package ${name} (it may: ${room.packages.join(', ') || 'none'}). Use it in the room it belongs to, or add it to the table with a decision`;
}

export function checkImports(rooms: readonly Room[], forTests: TestExtras, file: SourceFile): Violation[] {
  const room = roomOf(rooms, file.path);
  if (room === undefined)
    return [
      {
        path: file.path,
        line: 1,
        rule: 'rooms',
        message: 'this file is in no room: move it, or add its room to scripts/boundaries.ts',
      },
    ];
  const extra = file.isTest ? forTests : { packages: [], imports: [] };
  return file.imports.flatMap((use) => {
    const message =
      use.path === undefined
        ? checkPackage(room, use, extra.packages)
        : checkHouseImport(rooms, room, use, extra.imports);
    return message === undefined ? [] : [{ path: file.path, line: use.line, rule: 'imports', message }];
  });
}
