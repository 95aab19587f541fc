/**
 * Reads the field numbers of Kubernetes' protobuf messages from the Go modules' generated.proto and types.go and writes
 * them, reduced, as `protobuf.json`: kubectl sends bodies of built-in kinds in that form. Run by hand with read-facts.ts:
 *   npx node demo/facts/read-protobuf.ts GOMODCACHE v0.36.3
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSchemaFacts } from './facts.ts';

const [cache, version] = process.argv.slice(2);
if (!cache || !version) throw new Error('usage: read-protobuf.ts GOMODCACHE VERSION');

const API = [
  'core',
  'apps',
  'batch',
  'policy',
  'networking',
  'discovery',
  'rbac',
  'storage',
  'coordination',
  'events',
  'scheduling',
  'authentication',
  'authorization',
];
const FOLDERS = [
  ...API.map((group) => [`k8s.io/api@${version}/${group}/v1`, `api.${group}.v1`]),
  [`k8s.io/api@${version}/autoscaling/v1`, 'api.autoscaling.v1'],
  [`k8s.io/api@${version}/autoscaling/v2`, 'api.autoscaling.v2'],
  [`k8s.io/apimachinery@${version}/pkg/apis/meta/v1`, 'apimachinery.pkg.apis.meta.v1'],
  [`k8s.io/apimachinery@${version}/pkg/api/resource`, 'apimachinery.pkg.api.resource'],
  [`k8s.io/apimachinery@${version}/pkg/util/intstr`, 'apimachinery.pkg.util.intstr'],
  [`k8s.io/apimachinery@${version}/pkg/runtime`, 'apimachinery.pkg.runtime'],
] as const;

/**
 * [JSON name, type, flags]: r = repeated, m = map with string keys, p = a pointer in Go, so that zero is not absence,
 * i = inlined in JSON.
 */
type Field = [name: string, type: string, flags: string];
const messages: Record<string, Record<string, Field>> = {};

const SCALARS = new Set(['string', 'bytes', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'double', 'float']);

function typeName(written: string, pack: string): string {
  if (SCALARS.has(written)) return written;
  return `#${written.startsWith('.') || written.startsWith('k8s.io.') ? written.replace(/^\.?k8s\.io\./, '') : `${pack}.${written}`}`;
}

/** `Struct.jsonName` of every scalar that is a pointer in Go. */
function pointers(folder: string): Set<string> {
  const path = join(folder, 'types.go');
  const found = new Set<string>();
  if (!existsSync(path)) return found;
  let struct = '';
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    struct = /^type (\w+) struct/.exec(line)?.[1] ?? (line.startsWith('}') ? '' : struct);
    const json = /^\s+\w+\s+\*[\w.]+\s+`json:"(\w+)/.exec(line)?.[1];
    if (struct && json) found.add(`${struct}.${json}`);
  }
  return found;
}

for (const [path, pack] of FOLDERS) {
  const folder = join(cache, path);
  const isPointer = pointers(folder);
  let message = '';
  for (const line of readFileSync(join(folder, 'generated.proto'), 'utf8').split('\n')) {
    message = /^message (\w+)/.exec(line)?.[1] ?? (line.startsWith('}') ? '' : message);
    if (!message) continue;
    messages[`${pack}.${message}`] ??= {};
    const fields = messages[`${pack}.${message}`] as Record<string, Field>;
    const map = /^\s+map<string, ([\w.]+)> (\w+) = (\d+)/.exec(line);
    if (map) fields[map[3] as string] = [map[2] as string, typeName(map[1] as string, pack), 'm'];
    const field = /^\s+(optional|repeated) ([\w.]+) (\w+) = (\d+)/.exec(line);
    if (!field) continue;
    const [, label, type, name, number] = field as unknown as [string, string, string, string, string];
    fields[number] = [
      name,
      typeName(type, pack),
      label === 'repeated' ? 'r' : isPointer.has(`${message}.${name}`) ? 'p' : '',
    ];
  }
}

const { definitions } = readSchemaFacts();
for (const [name, fields] of Object.entries(messages)) {
  const known = definitions[name]?.fields;
  for (const field of Object.values(fields)) {
    field[0] = field[0].replace(/^aPI/, 'api');
    if (known && !(field[0] in known) && field[1].startsWith('#')) field[2] += 'i';
  }
}

const used: typeof messages = {};
function visit(name: string): void {
  if (name in used || !messages[name]) return;
  used[name] = messages[name];
  for (const [, type] of Object.values(messages[name])) if (type.startsWith('#')) visit(type.slice(1));
}
for (const name of Object.values(readSchemaFacts().kinds)) visit(name);
for (const name of [
  'api.autoscaling.v1.Scale',
  'api.authentication.v1.TokenRequest',
  'api.policy.v1.Eviction',
  'apimachinery.pkg.apis.meta.v1.DeleteOptions',
  'apimachinery.pkg.runtime.Unknown',
])
  visit(name);
const sorted = Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(new URL('./protobuf.json', import.meta.url), `${JSON.stringify(sorted)}\n`);
