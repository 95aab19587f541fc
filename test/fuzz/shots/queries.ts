/** Reads, deletes and subresources whose paths, options and headers are hostile. */
import type { Luck } from '../luck.ts';
import { collection, JSON_TYPE, type Maker } from '../shot.ts';
import { hostileJson, hostileName } from '../values.ts';

const SELECTORS = [
  'a in',
  'a in (',
  '!',
  '!!a',
  'a==b==c',
  'a=b,',
  ',',
  'a notin ()',
  `${'a,'.repeat(3_000)}b`,
  `a in (${'b,'.repeat(2_000)}c)`,
  '__proto__=x',
  'a=\\',
  'metadata.name=a\\',
  'x>1,y<2',
  'a>z',
  'spec.nodeName!=',
  'metadata.name=a,metadata.name!=a',
  'status.phase in (a)',
  'constructor.name=Object',
  `${'('.repeat(5_000)}`,
  `a${' '.repeat(8_000)}=b`,
  `${'a,'.repeat(100_000)}b`,
  `a in (${'b,'.repeat(50_000)}`,
  `a${' '.repeat(200_000)}`,
];

const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const CONTINUES = [
  'x',
  '%',
  '////',
  'e30',
  token({ v: 'meta.k8s.io/v1', rv: -1, start: '' }),
  token({ v: 'meta.k8s.io/v1', rv: 1, start: 'a\u0000b' }),
  token({ v: 'meta.k8s.io/v1', rv: 1e300, start: 'x' }),
  token({ v: 'meta.k8s.io/v1', rv: 0, start: '\u0000\u0000' }),
  token({ v: 'meta.k8s.io/v1', rv: 'x', start: {} }),
  token({ v: 'meta.k8s.io/v1', rv: -99, start: '../../secrets' }),
  token({ v: 'v9', rv: 1, start: 'x' }),
  token([[[[]]]]),
  token(null),
  'A'.repeat(9_000),
];

const REVISIONS = [
  '0',
  '1',
  '-1',
  'x',
  '',
  '1e9',
  ' 5',
  '99999999999999999999',
  '018446744073709551616',
  '%00',
  '0x10',
  '1.5',
];
export const INTEGERS = [
  '-1',
  '0',
  '1',
  '2',
  '500',
  '1e3',
  'x',
  '99999999999999999999',
  '1.5',
  '',
  'NaN',
  ' 1',
];
export const ACCEPTS = [
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v9;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=__proto__;v=constructor;g=',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  'text/html, */*;q=0.1',
  ';;;,,,',
  `${'a/b,'.repeat(2_500)}*/*`,
  'application/json;stream=watch;q=x',
];

function option(luck: Luck): string {
  const encode = encodeURIComponent;
  return luck.pick([
    () => `labelSelector=${encode(luck.pick(SELECTORS))}`,
    () => `fieldSelector=${encode(luck.pick(SELECTORS))}`,
    () => `limit=${encode(luck.pick(INTEGERS))}`,
    () => `limit=1&continue=${encode(luck.pick(CONTINUES))}`,
    () => `continue=${luck.pick(CONTINUES)}`,
    () => `resourceVersion=${encode(luck.pick(REVISIONS))}`,
    () =>
      `resourceVersion=${encode(luck.pick(REVISIONS))}&resourceVersionMatch=${luck.pick(['Exact', 'NotOlderThan', 'x', ''])}`,
    () => `includeObject=${luck.pick(['None', 'Object', 'x', '__proto__'])}`,
    () => `pretty=${luck.pick(['true', 'x'])}`,
    () => `${encode(hostileName(luck))}=${encode(hostileName(luck))}`,
    () => '&&&==&=&%zz=%',
    () => 'limit=1&limit=2&limit=x',
    () => `sendInitialEvents=${luck.pick(['true', 'x'])}`,
    () => Array.from({ length: 800 }, (_, index) => `q${index}=1`).join('&'),
  ])();
}

/** Lists and gets, and watches that end soon. */
export const reads: Maker = (luck, around) => {
  const of = luck.pick(around.resources);
  const path = luck.is(0.5) ? collection(luck, around, of) : `${of.root}/${of.resource}`;
  const isWatch = luck.is(0.06);
  const options = Array.from({ length: 1 + luck.below(3) }, () => option(luck));
  if (isWatch)
    options.push(
      `watch=${luck.pick(['1', 'true'])}&timeoutSeconds=1`,
      luck.pick(['', 'allowWatchBookmarks=true']),
    );
  const headers: Record<string, string> = luck.is(0.4) ? { accept: luck.pick(ACCEPTS) } : {};
  const name = !isWatch && luck.is(0.2) ? `/${encodeURIComponent(hostileName(luck))}` : '';
  return [
    {
      name: `read ${of.resource}`,
      method: luck.pick(['GET', 'GET', 'GET', 'HEAD']),
      path: `${path}${name}?${options.join('&')}`,
      headers,
    },
  ];
};

const PARTS = [
  'api',
  'apis',
  'v1',
  'apps',
  'namespaces',
  'pods',
  'fuzz-a',
  'watch',
  'proxy',
  'log',
  'exec',
  'status',
  'scale',
  '..',
  '.',
  '',
  '%2e%2e',
  '%00',
  '%',
  '%c0%af',
  '__proto__',
  'constructor',
  'toString',
  'openapi',
  'v3',
  'v2',
  'readyz',
  'livez',
  'version',
  'metrics.k8s.io',
  'x'.repeat(500),
  '%F0%9F%98%80',
  '\\',
  ';',
  'a b',
];

/** Paths that lead nowhere, or should. */
export const paths: Maker = (luck) => {
  const parts = Array.from({ length: 1 + luck.below(8) }, () => luck.pick(PARTS));
  const path = `/${parts.join('/')}`.replaceAll(' ', '%20');
  const long = luck.is(0.03) ? `?${'q'.repeat(luck.pick([7_000, 15_000, 100_000]))}` : '';
  const method = luck.pick([
    'GET',
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'HEAD',
    'OPTIONS',
    'PROPFIND',
    'TRACE',
  ]);
  return [
    {
      name: 'path',
      method,
      path: `${path}${long}`,
      headers: {},
      ...(method === 'POST' ? { body: '{}' } : {}),
    },
  ];
};

/** Deletes with hostile options, within our namespaces. */
export const deletes: Maker = (luck, around) => {
  const of = luck.pick(
    around.resources.filter(({ isNamespaced, verbs }) => isNamespaced && verbs.includes('delete')),
  );
  const path = collection(luck, around, of);
  const query = luck.pick([
    '',
    '?propagationPolicy=x',
    '?gracePeriodSeconds=-5',
    '?gracePeriodSeconds=x',
    '?dryRun=x',
    '?dryRun=All',
    '?orphanDependents=true&propagationPolicy=Foreground',
    `?${option(luck)}`,
  ]);
  const body = luck.pick([
    () => '',
    () => hostileJson(luck),
    () => `{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":${hostileJson(luck)}}`,
    () => `{"propagationPolicy":${hostileJson(luck)},"preconditions":${hostileJson(luck)}}`,
    () =>
      `{"preconditions":{"uid":${hostileJson(luck)},"resourceVersion":${hostileJson(luck)}},"dryRun":${hostileJson(luck)}}`,
  ])();
  const target = luck.is(0.3)
    ? ''
    : `/${encodeURIComponent(luck.is(0.5) ? hostileName(luck) : `fuzz-${luck.below(500)}`)}`;
  return [
    {
      name: `delete ${of.resource}`,
      method: 'DELETE',
      path: `${path}${target}${query}`,
      headers: JSON_TYPE,
      body,
    },
  ];
};
