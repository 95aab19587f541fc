/** RFC 6902. Works on a private copy; throws PatchRefused when an operation cannot be done. */
import { clone, depth, equal, isObject, own, put } from '../../base/json.ts';

export class PatchRefused extends Error {}

export interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

const MAX_OPERATIONS = 10_000;
/** --json-patch-max-copy-bytes: what all copies of one patch may add, for each may double what is there. */
const MAX_COPIED_BYTES = 3 * 1024 * 1024;
const MAX_DEPTH = 1_000;

/** Reads the operations of a patch body. Throws PatchRefused with words of evanphx/json-patch. */
export function readOperations(body: unknown): Operation[] {
  if (!Array.isArray(body))
    throw new PatchRefused(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  if (body.length > MAX_OPERATIONS) {
    throw new PatchRefused(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${body.length}`,
    );
  }
  return body.map((item) => {
    if (!isObject(item) || typeof item.op !== 'string' || typeof item.path !== 'string') {
      throw new PatchRefused('Unexpected kind: unknown');
    }
    return {
      op: item.op,
      path: item.path,
      ...(typeof item.from === 'string' ? { from: item.from } : {}),
      value: item.value,
    };
  });
}

export function applyJsonPatch(document: unknown, operations: Operation[]): unknown {
  let root = clone(document);
  let copied = 0;
  for (const operation of operations) {
    if (operation.op === 'copy') copied += sizeOf(read(root, operation.from ?? ''));
    if (copied > MAX_COPIED_BYTES) throw new PatchRefused('the copies of the patch are too large');
    root = applyOne(root, operation);
  }
  return root;
}

function sizeOf(value: unknown): number {
  if (depth(value, MAX_DEPTH + 1) > MAX_DEPTH) throw new PatchRefused('the value to copy nests too deep');
  return JSON.stringify(value)?.length ?? 0;
}

function applyOne(root: unknown, { op, path, from, value }: Operation): unknown {
  switch (op) {
    case 'add':
      return add(root, path, clone(value));
    case 'remove':
      remove(root, path);
      return root;
    case 'replace':
      if (path !== '') read(root, path);
      return path === '' ? clone(value) : replace(root, path, clone(value));
    case 'move': {
      const moved = read(root, from ?? '');
      remove(root, from ?? '');
      return add(root, path, moved);
    }
    case 'copy':
      return add(root, path, clone(read(root, from ?? '')));
    case 'test':
      if (!equal(readOrNull(root, path), value ?? null))
        throw new PatchRefused(`testing value ${path} failed`);
      return root;
    default:
      throw new PatchRefused(`Unexpected kind: ${op}`);
  }
}

const unescaped = (part: string) => part.replace(/~1/g, '/').replace(/~0/g, '~');

function split(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new PatchRefused(`${path}: missing leading slash`);
  return path.slice(1).split('/').map(unescaped);
}

function index(list: unknown[], key: string, limit: number): number {
  if (key === '-') return list.length;
  if (!/^(0|[1-9]\d*)$/.test(key) || Number(key) > limit)
    throw new PatchRefused(`Unable to access invalid index: ${key}`);
  return Number(key);
}

function step(value: unknown, key: string, path: string): unknown {
  if (Array.isArray(value)) return value[index(value, key, value.length - 1)];
  if (isObject(value) && Object.hasOwn(value, key)) return own(value, key);
  throw new PatchRefused(`doc is missing path: ${path}: missing value`);
}

function read(root: unknown, path: string): unknown {
  let value = root;
  for (const key of split(path)) value = step(value, key, path);
  return value;
}

function readOrNull(root: unknown, path: string): unknown {
  try {
    return read(root, path) ?? null;
  } catch (error) {
    if (error instanceof PatchRefused) return null;
    throw error;
  }
}

function parent(root: unknown, path: string): { holder: unknown; key: string } {
  const parts = split(path);
  const key = parts.pop();
  if (key === undefined) throw new PatchRefused('the whole document cannot be removed');
  let holder = root;
  for (const part of parts) holder = step(holder, part, path);
  return { holder, key };
}

function add(root: unknown, path: string, value: unknown): unknown {
  if (path === '') return value;
  const { holder, key } = parent(root, path);
  if (Array.isArray(holder)) holder.splice(index(holder, key, holder.length), 0, value);
  else if (isObject(holder)) put(holder, key, value);
  else throw new PatchRefused(`doc is missing path: ${path}: missing value`);
  return root;
}

function replace(root: unknown, path: string, value: unknown): unknown {
  const { holder, key } = parent(root, path);
  if (Array.isArray(holder)) holder[index(holder, key, holder.length - 1)] = value;
  else if (isObject(holder)) put(holder, key, value);
  return root;
}

function remove(root: unknown, path: string): void {
  const { holder, key } = parent(root, path);
  step(holder, key, path);
  if (Array.isArray(holder)) holder.splice(index(holder, key, holder.length - 1), 1);
  else if (isObject(holder)) delete holder[key];
}
