/** Writes whose bodies are hostile: objects of wrong types, texts that are no JSON, YAML and protobuf bombs. */
import { gzipSync } from 'node:zlib';
import type { Luck } from '../luck.ts';
import {
  collection,
  JSON_TYPE,
  type Maker,
  type ServedResource,
  type Shot,
  type Surroundings,
  writable,
} from '../shot.ts';
import { deep, hostileJson, hostileName, mutated } from '../values.ts';

/** An object of a kind that would be taken, named for this shot. */
export function sample({ samples }: Surroundings, of: ServedResource, name: string): Record<string, unknown> {
  const found = samples.get(`${of.apiVersion}/${of.resource}`) as Record<string, unknown> | undefined;
  const { metadata: _metadata, status: _status, ...rest } = found ?? { spec: {} };
  return { ...rest, apiVersion: of.apiVersion, kind: of.kind, metadata: { name, labels: { fuzz: 'yes' } } };
}

/** Objects as they are, with some of their places wrong. Some are taken, and the controllers meet them. */
export const mutatedObjects: Maker = (luck, around, number) => {
  const of = writable(luck, around);
  const path = collection(luck, around, of);
  const name = `fuzz-${number}`;
  const object = sample(around, of, name);
  const query = luck.pick(['', '', '?fieldValidation=Strict', '?dryRun=All', '?fieldValidation=Ignore']);
  const body = mutated(luck, object);
  const shots: Shot[] = [
    { name: `mutated ${of.resource}`, method: 'POST', path: `${path}${query}`, headers: JSON_TYPE, body },
  ];
  if (luck.is(0.3)) {
    const put = mutated(luck, object);
    shots.push({
      name: `put ${of.resource}`,
      method: 'PUT',
      path: `${path}/${name}`,
      headers: JSON_TYPE,
      body: put,
    });
  }
  if (luck.is(0.3) && of.subresources.includes('status')) {
    const status = { ...object, status: JSON.parse(JSON.stringify(statusOf(around, of))) };
    const statusPath = `${path}/${name}/status`;
    const written = mutated(luck, status);
    shots.push({
      name: `status ${of.resource}`,
      method: 'PUT',
      path: statusPath,
      headers: JSON_TYPE,
      body: written,
    });
  }
  if (luck.is(0.5))
    shots.push({ name: `delete ${of.resource}`, method: 'DELETE', path: `${path}/${name}`, headers: {} });
  return shots;
};

function statusOf({ samples }: Surroundings, of: ServedResource): unknown {
  const found = samples.get(`${of.apiVersion}/${of.resource}`) as { status?: unknown } | undefined;
  return found?.status ?? { replicas: 1, conditions: [{ type: 'Ready', status: 'True' }] };
}

const RAW_JSON: readonly ((luck: Luck, name: string) => string | Buffer)[] = [
  (luck) => deep(luck.pick([100, 1_000, 1_001, 10_000, 100_000]), luck.is(0.5)),
  (luck, name) => `{"metadata":{"name":"${name}"},"data":${deep(luck.pick([998, 1_000, 9_000]), false)}}`,
  (_luck, name) => `{"metadata":{"name":"${name}"},"data":{"x":"${'y'.repeat(1_000_000)}"}}`,
  (_luck, name) => `{"metadata":{"name":"${name}"},"data":{"x":"${'y'.repeat(10_000_000)}"}}`,
  (_luck, name) =>
    `{"metadata":{"name":"${name}"},"data":{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":"v"`).join(',')}}}`,
  (_luck, name) =>
    `{"metadata":{"name":"${name}","labels":{${Array.from({ length: 10_000 }, (_, i) => `"l${i}":"v"`).join(',')}}}}`,
  (_luck, name) => `{"metadata":{"name":"${name}","annotations":{"a":"${'y'.repeat(270_000)}"}}}`,
  (_luck, name) => `{"metadata":{"name":"a","name":"${name}"},"metadata":{"name":"${name}"}}`,
  (luck, name) => `{"metadata":{"name":"${name}"},"data":{"x":${hostileJson(luck)}}}`,
  (luck, name) => `{"metadata":{"name":"${name}"},"data":{"x":"1"}`.slice(0, luck.below(40)),
  (luck) => `{"metadata":{"name":${JSON.stringify(hostileName(luck))}},"data":{}}`,
  (luck) => `{"metadata":{"generateName":${JSON.stringify(hostileName(luck))}}}`,
  (luck, name) => `{"metadata":{"name":"${name}","namespace":${hostileJson(luck)}}}`,
  (luck, name) => `{"metadata":{"name":"${name}","managedFields":${hostileJson(luck)}}}`,
  (luck, name) => `{"metadata":{"name":"${name}","ownerReferences":${hostileJson(luck)}}}`,
  (luck, name) => `{"metadata":{"name":"${name}","finalizers":${hostileJson(luck)}}}`,
  (luck, name) =>
    `{"metadata":{"name":"${name}","creationTimestamp":${hostileJson(luck)},"uid":${hostileJson(luck)}}}`,
  (luck) => hostileJson(luck),
  (luck) => luck.bytes(luck.below(200)),
  (_luck, name) =>
    Buffer.concat([
      Buffer.from(`{"metadata":{"name":"${name}"},"data":{"x":"`),
      Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
      Buffer.from('"}}'),
    ]),
  (_luck, name) => `\ufeff{"metadata":{"name":"${name}"}}`,
  (_luck, name) => `{"metadata":{"name":"${name}"}} {"metadata":{"name":"${name}"}}`,
  (_luck, name) => `// comment\n{"metadata":{"name":"${name}"}}`,
  () => '',
];

/** Texts that are no object at all, or one no parser likes. */
export const rawBodies: Maker = (luck, around, number) => {
  const name = `fuzz-${number}`;
  const namespace = luck.pick(around.namespaces);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const make = luck.pick(RAW_JSON);
  const body = make(luck, name);
  const creates = `configmaps/${namespace}/${name}`;
  return [
    { name: `raw body ${RAW_JSON.indexOf(make)}`, method: 'POST', path, headers: JSON_TYPE, body, creates },
    // Some stay; all of them would fill any memory.
    ...(luck.is(0.9)
      ? [
          {
            name: 'end of a raw body',
            method: 'DELETE',
            path: `${path}/${name}`,
            headers: {},
            removes: creates,
          },
        ]
      : []),
  ];
};

/** Every level names the one before it nine times. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 lol'];
  for (let level = 1; level <= levels; level += 1)
    lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(',')}]`);
  return lines.join('\n');
}

const YAML: readonly ((luck: Luck, name: string) => string)[] = [
  (luck) => laughs(luck.pick([2, 5, 9, 30])),
  (luck) => `metadata: {name: x}\ndata: &a [*a, ${luck.below(9)}]`,
  (luck) =>
    Array.from({ length: luck.pick([50, 1_200, 4_000]) }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  (luck) => '- '.repeat(luck.pick([100, 5_000, 50_000])),
  (luck) => `${'['.repeat(luck.pick([100, 3_000, 50_000]))}`,
  (_luck, name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: !!js/function 'x'\nname: ${name}`,
  (_luck, name) => `metadata: {name: ${name}}\n---\nmetadata: {name: other}`,
  (_luck, name) => `base: &b {name: ${name}}\nmetadata:\n  <<: [*b, *b]\n  __proto__: {polluted: true}`,
  () => '? {a: b}\n: [c]\n? [1, 2]\n: d',
  (_luck, name) =>
    `metadata: {name: ${name}}\ndata: {n: 0x1f, o: 0o17, d: 2026-01-01, b: !!binary aGk=, t: yes, f: .inf, nan: .nan}`,
  () => '\t\t: \t-\n %YAML 9.9\n--- !<tag:x> &x *x',
  (luck) => luck.bytes(300).toString('latin1'),
  (_luck, name) => `metadata:\n  name: ${name}\n  labels: {${'a: b, '.repeat(20_000)}}`,
  () => `a: ${'"'.repeat(9_999)}`,
  () => `&a ${'&a '.repeat(5_000)} x`,
];

export const yamlBodies: Maker = (luck, around, number) => {
  const name = `fuzz-${number}`;
  const namespace = luck.pick(around.namespaces);
  const make = luck.pick(YAML);
  const isApply = luck.is(0.3);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  return [
    {
      name: `yaml ${YAML.indexOf(make)}`,
      method: isApply ? 'PATCH' : 'POST',
      path: isApply ? `${path}/${name}?fieldManager=fuzz&force=true` : path,
      headers: { 'content-type': isApply ? 'application/apply-patch+yaml' : 'application/yaml' },
      body: make(luck, name),
      creates: `configmaps/${namespace}/${name}`,
    },
  ];
};

/** `k8s\0`, then runtime.Unknown: type meta, raw. */
function protobuf(luck: Luck, kind: string): Buffer {
  const field = (number: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
  const type = Buffer.concat([field(1, Buffer.from('v1')), field(2, Buffer.from(kind))]);
  const inner = luck.pick([
    () => luck.bytes(luck.below(400)),
    () => field(1, field(1, Buffer.from(hostileName(luck)))),
    () => Buffer.concat([Buffer.from([0x0a, ...varint(2 ** 31)]), luck.bytes(20)]),
    () => Buffer.from(Array.from({ length: 3_000 }, () => 0x0b)), // groups within groups
    () => Array.from({ length: 2_000 }).reduce<Buffer>((nested) => field(1, nested), Buffer.alloc(0)),
    () => Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  ])();
  return Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, inner)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

const TYPES = [
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  'text/html',
  'application/json; charset=utf-16',
  'application/json;application/yaml',
  'APPLICATION/JSON',
  'application/merge-patch+json',
  '*/*',
  ';;;',
  '',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
];

/** Bodies that are not what their content type or encoding says. */
export const encodings: Maker = (luck, around, number) => {
  const namespace = luck.pick(around.namespaces);
  const [resource, kind] = luck.pick([
    ['configmaps', 'ConfigMap'],
    ['pods', 'Pod'],
    ['secrets', 'Secret'],
  ] as const);
  const path = `/api/v1/namespaces/${namespace}/${resource}`;
  const contentType = luck.pick(TYPES);
  const isBomb = luck.is(0.2);
  const json = `{"metadata":{"name":"fuzz-${number}"}}`;
  const body = isBomb
    ? gzipSync(Buffer.alloc(luck.pick([1_000, 20_000_000])), { level: 1 })
    : luck.is(0.7)
      ? protobuf(luck, kind)
      : json;
  const headers: Record<string, string> = {
    'content-type': isBomb ? 'application/json' : contentType,
    ...(isBomb ? { 'content-encoding': luck.pick(['gzip', 'br', 'deflate', 'gzip, gzip']) } : {}),
  };
  return [
    {
      name: isBomb ? 'compressed body' : `content type ${contentType}`,
      method: luck.pick(['POST', 'PUT']),
      path,
      headers,
      body,
    },
  ];
};
