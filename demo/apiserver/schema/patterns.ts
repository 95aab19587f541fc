/**
 * Patterns of custom kinds. They and what they are held against come from clients, so they run as RE2, in linear time,
 * as on the real server. The engine is loaded with the first pattern: a start pays nothing for it.
 */
import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import type { JsonObject } from '../../base/json.ts';

const load = createRequire(import.meta.url);

const engine = (): typeof RE2JS => (load('re2js') as { RE2JS: typeof RE2JS }).RE2JS;

/** Compiled once a schema node; kept only as long as its definition. */
const compiled = new WeakMap<JsonObject, RE2JS | 'none'>();

/** Whether the pattern of this schema node is found in a text; undefined when it is no pattern. */
export function matchesPattern(node: JsonObject, pattern: string, value: string): boolean | undefined {
  let found = compiled.get(node);
  if (found === undefined) {
    found = compile(pattern);
    compiled.set(node, found);
  }
  return found === 'none' ? undefined : found.matcher(value).find();
}

function compile(pattern: string): RE2JS | 'none' {
  try {
    return engine().compile(pattern);
  } catch {
    return 'none';
  }
}

/** Why a text is no pattern, in Go's words, or undefined. */
export function patternFault(pattern: string): string | undefined {
  try {
    engine().compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
