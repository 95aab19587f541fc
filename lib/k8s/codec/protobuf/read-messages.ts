/**
 * Reads the field numbers of Kubernetes' protobuf messages, with their JSON names, from the published API modules
 * (generated.proto for types and numbers, types.go for JSON tags) and writes them, reduced, as the codec's facts. By hand:
 *   npx node lib/k8s/codec/protobuf/read-messages.ts "$(go env GOMODCACHE)" v0.36.3
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageField, Messages } from './messages.ts';

const [cache, version] = process.argv.slice(2);
if (!cache || !version) throw new Error('usage: read-messages.ts GOMODCACHE VERSION');

const META = 'apimachinery.pkg.apis.meta.v1';
const SCALARS = new Set(['string', 'bytes', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'double']);

interface Folder {
  readonly path: string;
  /** As generated.proto names it, without `k8s.io.`. */
  readonly pack: string;
}

function folders(): Folder[] {
  const api = join(cache as string, `k8s.io/api@${version}`);
  const found: Folder[] = [];
  for (const group of readdirSync(api)) {
    for (const served of ['v1', 'v2']) {
      const path = join(api, group, served);
      if (existsSync(join(path, 'generated.proto'))) found.push({ path, pack: `api.${group}.${served}` });
    }
  }
  const machinery = join(cache as string, `k8s.io/apimachinery@${version}`);
  const extensions = join(cache as string, `k8s.io/apiextensions-apiserver@${version}`);
  found.push(
    { path: join(machinery, 'pkg/apis/meta/v1'), pack: META },
    { path: join(machinery, 'pkg/api/resource'), pack: 'apimachinery.pkg.api.resource' },
    { path: join(machinery, 'pkg/util/intstr'), pack: 'apimachinery.pkg.util.intstr' },
    { path: join(machinery, 'pkg/runtime'), pack: 'apimachinery.pkg.runtime' },
    {
      path: join(extensions, 'pkg/apis/apiextensions/v1'),
      pack: 'apiextensions_apiserver.pkg.apis.apiextensions.v1',
    },
  );
  return found;
}

/** `Struct.number` → JSON name ('' when inlined) and what its tag leaves out. */
function jsonTags(folder: Folder): Map<string, { name: string; flags: string }> {
  const found = new Map<string, { name: string; flags: string }>();
  for (const file of readdirSync(folder.path).filter((name) => /^(types|\w*types\w*)\.go$/.test(name))) {
    let struct = '';
    for (const line of readFileSync(join(folder.path, file), 'utf8').split('\n')) {
      struct = /^type (\w+) struct/.exec(line)?.[1] ?? (line.startsWith('}') ? '' : struct);
      const tag = /^\s+(?:\w+\s+)?(\S+)\s+`json:"(\w*)([^"]*)"[^`]* protobuf:"\w+,(\d+)/.exec(line);
      if (struct === '' || tag === null) continue;
      const [, type = '', name = '', rest = '', number = ''] = tag;
      const isPointer = type.startsWith('*');
      // Go leaves out zeros, but of no pointer; `omitzero` leaves out structs that are all zero too.
      const omits = rest.includes('omitempty') && !isPointer ? 'o' : '';
      found.set(`${struct}.${number}`, { name, flags: `${omits}${rest.includes('omitzero') ? 'z' : ''}` });
    }
  }
  return found;
}

function typeName(written: string, pack: string): string {
  if (SCALARS.has(written)) return written;
  return `#${/^\.?k8s\.io\./.test(written) ? written.replace(/^\.?k8s\.io\./, '') : `${pack}.${written}`}`;
}

function readFolder(folder: Folder, messages: Record<string, Record<string, MessageField>>): void {
  const tags = jsonTags(folder);
  let message = '';
  for (const line of readFileSync(join(folder.path, 'generated.proto'), 'utf8').split('\n')) {
    message = /^message (\w+)/.exec(line)?.[1] ?? (line.startsWith('}') ? '' : message);
    const field = /^\s+(optional|repeated|map<string,) ([\w.]+)>? (\w+) = (\d+)/.exec(line);
    if (message === '' || field === null) continue;
    const [, label, type = '', protoName = '', number = ''] = field;
    const tag = tags.get(`${message}.${number}`);
    const shape = label === 'repeated' ? 'r' : label === 'map<string,' ? 'm' : '';
    const inlined = tag?.name === '' ? 'i' : '';
    const full = `${folder.pack}.${message}`;
    messages[full] ??= {};
    const fields = messages[full];
    fields[number] = [
      tag?.name || protoName,
      typeName(type, folder.pack),
      `${shape}${inlined}${tag?.flags ?? ''}`,
    ];
  }
}

const messages: Record<string, Record<string, MessageField>> = {};
for (const folder of folders()) readFolder(folder, messages);

const isKind = (fields: Record<string, MessageField>) => fields['1']?.[1] === `#${META}.ObjectMeta`;
const used: Record<string, Record<string, MessageField>> = {};
function visit(name: string): void {
  const fields = messages[name];
  if (name in used || fields === undefined) return;
  used[name] = fields;
  for (const [, type] of Object.values(fields)) if (type.startsWith('#')) visit(type.slice(1));
}
for (const [name, fields] of Object.entries(messages)) if (isKind(fields)) visit(name);
const sorted: Messages = Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1)));
const url = new URL('./messages.json', import.meta.url);
writeFileSync(
  url,
  `{\n${Object.entries(sorted)
    .map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`)
    .join(',\n')}\n}\n`,
);
