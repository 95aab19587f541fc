/** Patches of every type with hostile paths, directives and field sets. */
import type { Luck } from '../luck.ts';
import { type Maker, type Shot, writable } from '../shot.ts';
import { hostileJson, hostileName, mutated } from '../values.ts';
import { sample } from './bodies.ts';

const POINTERS = [
  '/__proto__/x',
  '/metadata/__proto__/x',
  '/constructor/prototype/x',
  '/metadata/labels/constructor',
  '',
  '/',
  '//',
  'metadata',
  '/metadata',
  '/metadata/name',
  '/metadata/uid',
  '/metadata/resourceVersion',
  '/metadata/managedFields/0/fieldsV1',
  '/metadata/ownerReferences/-',
  '/metadata/labels',
  '/kind',
  '/apiVersion',
  '/spec',
  '/spec/containers/-1',
  '/spec/containers/99999999999',
  '/spec/containers/0/image',
  '/spec/template/spec/containers/01',
  '/spec/replicas',
  '/data/~',
  '/data/~2',
  '/data/~01',
  `/${'a/'.repeat(2_000)}`,
  '/metadata/finalizers/0',
  '/status',
];

function jsonPatch(luck: Luck): string {
  const one = () => {
    const op = luck.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'nope', '']);
    const path = JSON.stringify(luck.pick(POINTERS));
    const from = luck.is(0.4) ? `,"from":${JSON.stringify(luck.pick(POINTERS))}` : '';
    const value = luck.is(0.8) ? `,"value":${hostileJson(luck)}` : '';
    return `{"op":"${op}","path":${path}${from}${value}}`;
  };
  // Each copy doubles what is there.
  if (luck.is(0.05))
    return `[{"op":"add","path":"/data","value":{"a":"x"}},${Array.from({ length: 40 }, (_, index) => `{"op":"copy","from":"/data","path":"/data/k${index}"}`).join(',')}]`;
  if (luck.is(0.03)) return `[${Array.from({ length: 12_000 }, one).join(',')}]`;
  if (luck.is(0.1)) return hostileJson(luck);
  return `[${Array.from({ length: 1 + luck.below(4) }, one).join(',')}]`;
}

function strategicPatch(luck: Luck): string {
  const directive = luck.pick([
    '$patch',
    '$retainKeys',
    '$setElementOrder/containers',
    '$deleteFromPrimitiveList/finalizers',
    '$setElementOrder/finalizers',
    '$patch/x',
  ]);
  const value = luck.is(0.5)
    ? JSON.stringify(luck.pick(['replace', 'delete', 'merge', 'nope']))
    : hostileJson(luck);
  return luck.pick([
    `{${JSON.stringify(directive)}:${value}}`,
    `{"spec":{${JSON.stringify(directive)}:${value}}}`,
    `{"metadata":{${JSON.stringify(directive)}:${value},"finalizers":["a/b"]}}`,
    `{"spec":{"containers":[{${JSON.stringify(directive)}:${value},"name":${hostileJson(luck)}},${hostileJson(luck)}]}}`,
    `{"spec":{"template":{"spec":{"containers":[{"name":"x",${JSON.stringify(directive)}:${value}}]}}}}`,
    `{"metadata":{"labels":${hostileJson(luck)}}}`,
    `{"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1}}}`,
  ]);
}

function fieldSet(luck: Luck, depth = 0): string {
  const key = luck.pick([
    'f:metadata',
    'f:data',
    'f:__proto__',
    'k:{"name":"x"}',
    'k:{bad',
    'v:1',
    'i:-1',
    '.',
    'x',
    'f:',
    'k:{"__proto__":{}}',
  ]);
  if (depth > 3 || luck.is(0.3)) return `{${JSON.stringify(key)}:${luck.is(0.7) ? '{}' : hostileJson(luck)}}`;
  return `{${JSON.stringify(key)}:${fieldSet(luck, depth + 1)}}`;
}

/** Server-side apply, of an object with or without managedFields it must not bring. */
function applied(luck: Luck, object: Record<string, unknown>): string {
  if (luck.is(0.5)) return mutated(luck, object);
  const metadata = JSON.stringify({ ...(object.metadata as object) }).slice(1, -1);
  const entry = `{"manager":${hostileJson(luck)},"operation":${luck.pick(['"Apply"', '"Update"', '"x"', '7'])},"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":${fieldSet(luck)}}`;
  const { metadata: _metadata, ...rest } = object;
  return `{${JSON.stringify(rest).slice(1, -1)},"metadata":{${metadata},"managedFields":[${entry}]}}`;
}

const KINDS = [
  'json-patch+json',
  'merge-patch+json',
  'strategic-merge-patch+json',
  'apply-patch+yaml',
] as const;

export const patches: Maker = (luck, around, number) => {
  const of = writable(luck, around);
  const namespace = luck.pick(around.namespaces);
  const path = of.isNamespaced
    ? `${of.root}/namespaces/${namespace}/${of.resource}`
    : `${of.root}/${of.resource}`;
  const name = `fuzz-${number}`;
  const object = sample(around, of, name);
  const shots: Shot[] = [
    {
      name: `ground of a patch, ${of.resource}`,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    },
  ];
  for (let times = 1 + luck.below(4); times > 0; times -= 1) {
    const kind = luck.pick(KINDS);
    const sub = luck.is(0.15) && of.subresources.length > 0 ? `/${luck.pick(of.subresources)}` : '';
    const query = luck.pick([
      '',
      '?fieldManager=fuzz',
      '?fieldManager=fuzz&force=true',
      '?fieldManager=',
      `?fieldManager=${'x'.repeat(129)}`,
      '?fieldManager=fuzz&dryRun=All',
      '?force=maybe&fieldValidation=Strict',
    ]);
    const body =
      kind === 'json-patch+json'
        ? jsonPatch(luck)
        : kind === 'strategic-merge-patch+json'
          ? strategicPatch(luck)
          : kind === 'apply-patch+yaml'
            ? applied(luck, object)
            : luck.is(0.5)
              ? hostileJson(luck)
              : `{"metadata":{${JSON.stringify(hostileName(luck))}:${hostileJson(luck)}},"spec":${hostileJson(luck)}}`;
    shots.push({
      name: `${kind} of ${of.resource}`,
      method: 'PATCH',
      path: `${path}/${name}${sub}${query}`,
      headers: { 'content-type': `application/${kind}` },
      body,
    });
  }
  shots.push({ name: 'end of a patch', method: 'DELETE', path: `${path}/${name}`, headers: {} });
  return shots;
};
