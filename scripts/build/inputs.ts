// What a build is made of, as one hash: the same content gives the same hash whatever the clock,
// so a checkout of another branch and back does not rebuild, and a touched file does not either.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** All that Next reads. `server/` is not among them: Node runs it as it is, and nothing in app/ imports it (boundaries). */
export const BUILD_INPUTS = [
  'app',
  'components',
  'lib',
  'public',
  'next.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

const isInput = (name: string) => !name.startsWith('.') && !/\.test\.tsx?$/.test(name);

/** Paths of all files below `path` (itself, when it is a file), sorted, from `root`; none when it does not exist. */
export function filesBelow(root: string, path: string, isWanted: (name: string) => boolean): string[] {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => isWanted(entry.name))
    .flatMap((entry) => {
      const child = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(root, child, isWanted);
      return entry.isFile() ? [child] : [];
    })
    .sort();
}

/**
 * Hash of name and content of every input.
 * `extra` is what else decides the outcome (Node's version).
 */
export function hashInputs(root: string, inputs: readonly string[], extra: string): string {
  const hash = createHash('sha256').update(extra);
  for (const input of inputs)
    for (const path of filesBelow(root, input, isInput)) {
      const content = readFileSync(join(root, path));
      hash.update(`\n${path}\n${content.length}\n`).update(content);
    }
  return hash.digest('hex');
}
