// What a room is. The rooms themselves are the table in ../boundaries.ts.

export interface Room {
  /** where it lies: a folder or a file, from the root. The longest that fits a file is its room. */
  readonly path: string;
  /** rooms, folders or files that it may import besides itself */
  readonly imports: readonly string[];
  /** where only types may come from */
  readonly types?: readonly string[];
  /** packages: a name, or `@scope/*`; `node:*` is Node itself */
  readonly packages: readonly string[];
  /** packages of which only types may be used */
  readonly typePackages?: readonly string[];
  /** no clock, timer, randomness, network or process of its own: they come as arguments */
  readonly isPure?: boolean;
}

/** Whether `path` is `place` or lies below it. */
export const isWithin = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

/** The room of a file; a test is in the room of what it tests. */
export function roomOf(rooms: readonly Room[], file: string): Room | undefined {
  const path = file.replace(/(\.dom)?\.(test|spec)\.(tsx?)$/, '.$3');
  let best: Room | undefined;
  for (const room of rooms)
    if (isWithin(path, room.path) && room.path.length > (best?.path.length ?? -1)) best = room;
  return best;
}

export const allowsPackage = (allowed: readonly string[], name: string) =>
  allowed.some((one) => one === name || (one.endsWith('/*') && name.startsWith(one.slice(0, -1))));
