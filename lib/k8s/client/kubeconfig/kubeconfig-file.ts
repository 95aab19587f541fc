import { readFile, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { badConfiguration } from '../errors.ts';
import type { ApiException } from '../kubernetes-client.ts';
import type { Log } from '../log.ts';

/**
 * The files of a kubeconfig, merged by kubectl's rules: of entries with one name the first file's counts, the first
 * current-context counts, and of several files some may be missing. Messages name file, line and entry, never
 * content: a kubeconfig is full of secrets. What an entry means is kubeconfig-entry.ts's.
 */
export interface Kubeconfig {
  readonly files: readonly string[];
  /** '' when none is named. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, NamedEntry>;
  readonly clusters: ReadonlyMap<string, NamedEntry>;
  readonly users: ReadonlyMap<string, NamedEntry>;
}

export interface NamedEntry {
  readonly name: string;
  readonly file: string;
  /** The mapping below `context`, `cluster` or `user`; null when it is missing or no mapping. */
  readonly value: Readonly<Record<string, unknown>> | null;
}

const MAX_BYTES = 16 * 1024 * 1024;
const SECTIONS = ['contexts', 'clusters', 'users'] as const;
type Section = (typeof SECTIONS)[number];

/** Throws ApiException (BadConfiguration) when nothing can be read, a file is malformed, or no context is left. */
export async function readKubeconfig(paths: readonly string[], log: Log): Promise<Kubeconfig> {
  const files = await filesOf(paths);
  const merged = {
    contexts: new Map<string, NamedEntry>(),
    clusters: new Map<string, NamedEntry>(),
    users: new Map<string, NamedEntry>(),
  };
  const read: string[] = [];
  let currentContext = '';
  for (const file of files) {
    const text = await textOf(file, files.length > 1, log);
    if (text === null) continue;
    read.push(file);
    const root = rootOf(text, file);
    for (const section of SECTIONS) mergeSection(merged[section], section, root[section], file);
    const current = root['current-context'];
    if (currentContext === '' && typeof current === 'string') currentContext = current;
  }
  if (read.length === 0) throw badConfiguration(`None of these kubeconfig files exists: ${files.join(', ')}`);
  if (merged.contexts.size === 0) {
    throw badConfiguration(`The kubeconfig ${read.join(', ')} has no context: it names no cluster to show`);
  }
  return { files: read, currentContext, ...merged };
}

/** A path that is no file but holds the list separator is a list, as in $KUBECONFIG. */
async function filesOf(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (path.includes(delimiter) && !(await exists(path))) files.push(...path.split(delimiter));
    else files.push(path);
  }
  const named = [...new Set(files.filter((file) => file !== '').map((file) => resolve(file)))];
  if (named.length === 0) throw badConfiguration('No kubeconfig file is named');
  return named;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}

async function textOf(file: string, isOneOfSeveral: boolean, log: Log): Promise<string | null> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw badConfiguration(`The kubeconfig ${file} is larger than 16 MiB`);
    text = await readFile(file, 'utf8');
  } catch (failure) {
    if (isOneOfSeveral && codeOf(failure) === 'ENOENT') {
      log.warn({ file }, 'a kubeconfig file of the list does not exist');
      return null;
    }
    throw fileError(`The kubeconfig ${file}`, failure);
  }
  if (text.trim() === '') throw badConfiguration(`The kubeconfig ${file} is empty`);
  return text;
}

/** Words for a file that cannot be read; `what` names it. */
export function fileError(what: string, failure: unknown): ApiException | Error {
  const code = codeOf(failure);
  if (code === 'ENOENT') return badConfiguration(`${what} does not exist`);
  if (code === 'EACCES' || code === 'EPERM')
    return badConfiguration(`${what} may not be read: permission denied`);
  if (code === 'EISDIR') return badConfiguration(`${what} is a directory, not a file`);
  if (code === '' && failure instanceof Error) return failure;
  return badConfiguration(`${what} cannot be read (${code})`);
}

function codeOf(failure: unknown): string {
  return failure instanceof Error && 'code' in failure && typeof failure.code === 'string'
    ? failure.code
    : '';
}

function rootOf(text: string, file: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter();
  // prettyErrors would quote the line, and with it a token or a key.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw badConfiguration(
      `The kubeconfig ${file} is not valid YAML: line ${line}, column ${col} (${error.code.toLowerCase().replaceAll('_', ' ')})`,
    );
  }
  const root = builtValue(() => document.toJS({ maxAliasCount: 100 }), file);
  const found = asMapping(root);
  if (found === null) throw badConfiguration(`The kubeconfig ${file} is not a kubeconfig: it has no fields`);
  if (found.kind !== undefined && found.kind !== 'Config') {
    throw badConfiguration(`${file} is not a kubeconfig: its kind is not Config`);
  }
  if (found.kind === undefined && SECTIONS.every((section) => found[section] === undefined)) {
    throw badConfiguration(`${file} is not a kubeconfig: it has neither contexts nor clusters nor users`);
  }
  return found;
}

function builtValue(build: () => unknown, file: string): unknown {
  try {
    return build();
  } catch {
    throw badConfiguration(`The kubeconfig ${file} uses YAML anchors without measure`);
  }
}

function mergeSection(into: Map<string, NamedEntry>, section: Section, value: unknown, file: string): void {
  if (value === undefined || value === null) return;
  if (!Array.isArray(value))
    throw badConfiguration(`The kubeconfig ${file} is malformed: ${section} is not a list`);
  value.forEach((item: unknown, index) => {
    const entry = asMapping(item);
    const name = typeof entry?.name === 'string' && entry.name !== '' ? entry.name : `${section}[${index}]`;
    if (into.has(name)) return;
    into.set(name, { name, file, value: asMapping(entry?.[section.slice(0, -1)]) });
  });
}

export function asMapping(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
