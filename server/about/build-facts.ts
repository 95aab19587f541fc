import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface BuildFacts {
  readonly version: string;
  /** ms since 1970; null when the console runs from source. */
  readonly builtAtMs: number | null;
  readonly node: string;
}

/** `dir`: the checkout. A file that is missing is not known, never a reason not to start. */
export function readBuildFacts(dir: string, isDev: boolean): BuildFacts {
  return {
    version: versionOf(join(dir, 'package.json')),
    builtAtMs: isDev ? null : builtAtMs(join(dir, '.next', 'BUILD_ID')),
    node: process.version,
  };
}

function versionOf(path: string): string {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isNamed = typeof content === 'object' && content !== null && 'version' in content;
    return isNamed && typeof content.version === 'string' ? content.version : '';
  } catch {
    return '';
  }
}

function builtAtMs(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
