/** CustomResourceDefinitions with hostile schemas, names and columns, and objects of the kinds that come of them. */
import type { Luck } from '../luck.ts';
import { JSON_TYPE, type Maker, type Shot } from '../shot.ts';
import { deep, hostileJson, hostileName } from '../values.ts';

/** Each takes exponential time where a pattern is tried by going back. */
const PATTERNS = [
  '^(a+)+$',
  '^(a|aa)+$',
  '^(a|a?)+$',
  '(.*)*x',
  '([a-zA-Z]+)*$',
  '(?=a)',
  '(?<!a)b',
  '\\1',
  '[',
  '(?P<x>a)',
  'a{1,99999}',
  '^((a{1,50}){1,50}){1,50}$',
];

/** What such a pattern is tried on. */
const VICTIM = `${'a'.repeat(60)}!`;

function nested(depth: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level += 1)
    schema = level % 2 ? { type: 'object', properties: { a: schema } } : { type: 'array', items: schema };
  return schema;
}

function schemaOf(luck: Luck): string {
  const string = (more: object) =>
    JSON.stringify({
      type: 'object',
      properties: { spec: { type: 'object', properties: { text: { type: 'string', ...more } } } },
    });
  return luck.pick([
    () => string({ pattern: luck.pick(PATTERNS) }),
    () => string({ pattern: luck.pick(PATTERNS) }),
    () =>
      string({
        format: luck.pick(['date-time', 'uuid', 'ipv4', 'byte', '__proto__', 'x', 'cidr', 'duration']),
        maxLength: -1,
        minLength: 1e300,
      }),
    () => string({ enum: [null, {}, 1], default: { a: 1 } }),
    () => JSON.stringify({ type: 'object', properties: { spec: nested(luck.pick([50, 400, 900])) } }),
    () => '{"$ref":"#"}',
    () =>
      '{"type":"object","properties":{"spec":{"$ref":"#/definitions/a"}},"definitions":{"a":{"$ref":"#/definitions/a"}}}',
    () =>
      '{"type":"object","properties":{"__proto__":{"type":"string","default":"x"},"constructor":{"type":"object","default":{"prototype":{}}}}}',
    () => `{"type":"object","properties":{"spec":${hostileJson(luck)}}}`,
    () => `{"type":"object","allOf":[${'{"not":{"anyOf":[{"type":"string"}]}},'.repeat(200)}{}]}`,
    () => `{"type":${hostileJson(luck)},"properties":${hostileJson(luck)}}`,
    () =>
      `{"type":"object","properties":{"spec":{"type":"array","items":${hostileJson(luck)},"uniqueItems":true,"maxItems":-1}}}`,
    () =>
      `{"type":"object","additionalProperties":${hostileJson(luck)},"x-kubernetes-preserve-unknown-fields":${hostileJson(luck)}}`,
    () => `{"type":"object","x-kubernetes-validations":[{"rule":${hostileJson(luck)}}]}`,
    () =>
      `{"type":"object","properties":{"spec":{"type":"object","x-kubernetes-int-or-string":true,"x-kubernetes-embedded-resource":true,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":${hostileJson(luck)}}}}`,
    () => deep(luck.pick([100, 990]), false),
    () => hostileJson(luck),
  ])();
}

function columns(luck: Luck): string {
  if (luck.is(0.6)) return '';
  const path = luck.pick([
    '.spec.text',
    '.__proto__.x',
    '.metadata[',
    "['a']",
    `${'.a'.repeat(2_000)}`,
    '.spec[?(@.a=="b")]',
    '.spec[*].x',
    '',
    '.metadata.labels.constructor',
    '..',
    '.spec[99999999999]',
  ]);
  return `,"additionalPrinterColumns":[{"name":"X","type":${luck.pick(['"string"', '"date"', '"integer"', '"number"', '"boolean"', '"x"', '7'])},"jsonPath":${JSON.stringify(path)}}]`;
}

/** A definition, objects of its kind, a look at them, and its end. */
export const definitions: Maker = (luck, _around, number) => {
  const plural = luck.is(0.95) ? `things${number}` : hostileName(luck);
  const group = luck.is(0.95) ? 'fuzz.example' : luck.pick(['', 'apps', '__proto__', 'x.k8s.io']);
  const kind = `Thing${number}`;
  const spec = `{"group":${JSON.stringify(group)},"scope":${luck.is(0.9) ? '"Namespaced"' : hostileJson(luck)},"names":{"plural":${JSON.stringify(plural)},"singular":"thing${number}","kind":"${kind}"${luck.is(0.1) ? `,"shortNames":${hostileJson(luck)}` : ''}},"versions":[{"name":"v1","served":true,"storage":true,"subresources":${luck.is(0.5) ? '{"status":{}}' : hostileJson(luck)},"schema":{"openAPIV3Schema":${schemaOf(luck)}}${columns(luck)}}]${luck.is(0.1) ? `,"conversion":${hostileJson(luck)}` : ''}}`;
  const root = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const path = `/apis/${group}/v1/namespaces/fuzz-a/${encodeURIComponent(plural)}`;
  const object = (spec: string) =>
    `{"apiVersion":"${group}/v1","kind":"${kind}","metadata":{"name":"one"},"spec":${spec}}`;
  const send = (
    name: string,
    method: string,
    to: string,
    body = '',
    headers: Record<string, string> = JSON_TYPE,
  ): Shot => ({ name, method, path: to, headers, body });
  return [
    send(
      'definition',
      'POST',
      root,
      `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":${JSON.stringify(`${plural}.${group}`)}},"spec":${spec}}`,
    ),
    send('custom object', 'POST', path, object(`{"text":${JSON.stringify(VICTIM)}}`)),
    send('custom object', 'POST', path, object(hostileJson(luck))),
    send('custom apply', 'PATCH', `${path}/one?fieldManager=fuzz&force=true`, object(hostileJson(luck)), {
      'content-type': 'application/apply-patch+yaml',
    }),
    send(
      'custom merge',
      'PATCH',
      `${path}/one`,
      `{"spec":${hostileJson(luck)},"status":${hostileJson(luck)}}`,
      { 'content-type': 'application/merge-patch+json' },
    ),
    {
      name: 'custom table',
      method: 'GET',
      path,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    },
    { name: 'custom schema', method: 'GET', path: `/openapi/v3/apis/${group}/v1`, headers: {} },
    {
      name: 'end of a definition',
      method: 'DELETE',
      path: `${root}/${encodeURIComponent(`${plural}.${group}`)}`,
      headers: {},
    },
  ];
};
