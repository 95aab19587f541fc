import { expect } from 'vitest';
import { topic } from './conform.ts';
import { configMap, create, deployment, expectCode, expectFailure, ownNamespace } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('requests');
const scope = ownNamespace('requests');
const configMaps = scope.core('configmaps');

conform('every answer has an Audit-Id of its own', async () => {
  const ids = new Set<unknown>();
  for (const path of [configMaps, '/api/v1/nosuch', '/version'])
    ids.add((await admin.get(path)).headers['audit-id']);
  expect(ids.size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

conform('an Audit-Id that the client chose is kept', async () => {
  const answer = await admin.send('GET', configMaps, { headers: { 'audit-id': 'chosen-by-the-client' } });
  expect(expectCode(answer, 200).headers['audit-id']).toBe('chosen-by-the-client');
});

conform('answers are dated and not to be cached', async () => {
  const { headers } = expectCode(await admin.get(configMaps), 200);
  expect(Math.abs(Date.parse(String(headers.date)) - Date.now())).toBeLessThan(60_000);
  expect(headers['cache-control']).toBe('no-cache, private');
  expect(headers['content-type']).toBe('application/json');
});

conform('a large answer is compressed for who takes gzip, a small one is not', async () => {
  const data = { text: 'x'.repeat(200_000) };
  await create(configMaps, configMap('large', { data }));
  const headers = { 'accept-encoding': 'gzip' };
  const large = await admin.send('GET', scope.core('configmaps', 'large'), { headers });
  expect(expectCode(large, 200).headers['content-encoding']).toBe('gzip');
  const small = await admin.send('GET', scope.core('configmaps', 'kube-root-ca.crt'), { headers });
  expect(expectCode(small, 200).headers['content-encoding']).toBeUndefined();
});

conform('HEAD of an object is not served: 405', async () => {
  await create(configMaps, configMap('headed'));
  const answer = await admin.send('HEAD', scope.core('configmaps', 'headed'));
  expect(answer.code).toBe(405);
});

const methods: [string, string][] = [
  ['POST', scope.core('configmaps', 'x')],
  ['PUT', configMaps],
  ['PATCH', configMaps],
  ['OPTIONS', configMaps],
  ['POST', '/version'],
  ['DELETE', '/api/v1'],
  ['DELETE', '/api/v1/namespaces'],
  ['PUT', '/api/v1/pods'],
];

for (const [method, path] of methods) {
  conform(`${method} ${path.replace(scope.namespace, 'NAMESPACE')}: 405`, async () => {
    expectFailure(await admin.send(method, path), {
      code: 405,
      reason: 'MethodNotAllowed',
      message: 'the server does not allow this method on the requested resource',
      details: {},
    });
  });
}

const bodies: [string, unknown, number, string, string | RegExp][] = [
  [
    'no body',
    '',
    400,
    'BadRequest',
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
  ],
  [
    'broken JSON',
    '{bad',
    400,
    'BadRequest',
    "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of object key string ({bad)",
  ],
  [
    'JSON cut short',
    '{"metadata":{"name":"x"',
    400,
    'BadRequest',
    /couldn't get version\/kind; json parse error: unexpected end of JSON input/,
  ],
  [
    'a list',
    [],
    400,
    'BadRequest',
    /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: /,
  ],
  [
    'a word',
    '"x"',
    400,
    'BadRequest',
    /^the object provided is unrecognized \(must be of type ConfigMap\): couldn't get version\/kind; json parse error: /,
  ],
  [
    'null',
    'null',
    422,
    'Invalid',
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'another kind',
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } },
    400,
    'BadRequest',
    /^Pod in version "v1" cannot be handled as a ConfigMap: /,
  ],
  [
    'another version',
    { apiVersion: 'v9', kind: 'ConfigMap', metadata: { name: 'x' } },
    400,
    'BadRequest',
    /^ConfigMap in version "v9" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v9"/,
  ],
  [
    'no name',
    { metadata: {} },
    422,
    'Invalid',
    'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
  ],
  [
    'a bad name',
    { metadata: { name: 'Bad_Name' } },
    422,
    'Invalid',
    /^ConfigMap "Bad_Name" is invalid: metadata\.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must consist of/,
  ],
  [
    'a name of dots',
    { metadata: { name: '..' } },
    422,
    'Invalid',
    /^ConfigMap "\.\." is invalid: metadata\.name: Invalid value: "\.\.": /,
  ],
  [
    'a name with a slash',
    { metadata: { name: 'a/b' } },
    422,
    'Invalid',
    /metadata\.name: Invalid value: "a\/b": /,
  ],
  [
    'a name of 254 letters',
    { metadata: { name: 'x'.repeat(254) } },
    422,
    'Invalid',
    /metadata\.name: Invalid value: "x+": must be no more than 253 (bytes|characters)$/,
  ],
  [
    'a number where a string belongs',
    { metadata: { name: 'x' }, data: { a: 1 } },
    400,
    'BadRequest',
    'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  ],
  [
    'a string where a mapping belongs',
    { metadata: 'x' },
    400,
    'BadRequest',
    /^ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal string into Go struct field ConfigMap\.metadata of type /,
  ],
  [
    'a bad key of data',
    { metadata: { name: 'x' }, data: { 'a b': '' } },
    422,
    'Invalid',
    /^ConfigMap "x" is invalid: data\[a b\]: Invalid value: "a b": a valid config key must consist of/,
  ],
  [
    'a bad label value',
    { metadata: { name: 'x', labels: { a: 'b c' } } },
    422,
    'Invalid',
    /^ConfigMap "x" is invalid: metadata\.labels: Invalid value: "b c": a valid label must be an empty string or consist of/,
  ],
  [
    'a bad label key',
    { metadata: { name: 'x', labels: { 'a b': '' } } },
    422,
    'Invalid',
    /^ConfigMap "x" is invalid: metadata\.labels: Invalid value: "a b": name part must consist of/,
  ],
  [
    'annotations that are too long',
    { metadata: { name: 'x', annotations: { a: 'x'.repeat(262_145) } } },
    422,
    'Invalid',
    /^ConfigMap "x" is invalid: metadata\.annotations: Too long: /,
  ],
  [
    'data that is too long',
    { metadata: { name: 'x' }, data: { a: 'x'.repeat(1_048_577) } },
    422,
    'Invalid',
    /^ConfigMap "x" is invalid: .*: Too long: may not be more than 1048576 bytes$/,
  ],
];

for (const [title, body, code, reason, message] of bodies) {
  conform(`a ConfigMap with ${title}: ${code}`, async () => {
    expectFailure(await admin.post(configMaps, body), { code, reason, message });
  });
}

conform('a body of more than 3 MB: 413', async () => {
  const body = configMap('huge', { data: { a: 'x'.repeat(3_300_000) } });
  expectFailure(await admin.post(configMaps, body), {
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: /^Request entity too large: limit is 3145728$/,
  });
});

conform('JSON nested 20,000 deep is refused, and the server lives', async () => {
  const body = `{"metadata":{"name":"deep"},"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  expect((await admin.send('POST', configMaps, { body })).code).toBe(400);
  expectCode(await admin.get('/readyz'), 200);
});

conform('an unknown media type: 415', async () => {
  expectFailure(await admin.send('POST', configMaps, { body: 'x', contentType: 'text/csv' }), {
    code: 415,
    reason: 'UnsupportedMediaType',
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  });
});

conform('several mistakes of a Deployment are all told', async () => {
  const status = expectFailure(
    await admin.post(
      scope.apps('deployments'),
      deployment('wrong', -1, {
        template: {
          metadata: { labels: { app: 'other' } },
          spec: { containers: [{ name: 'A_b', image: '' }] },
        },
      }),
    ),
    {
      code: 422,
      reason: 'Invalid',
      message: /^Deployment\.apps "wrong" is invalid: \[/,
    },
  );
  const fields = status.details?.causes?.map(({ reason, field }) => `${reason} ${field}`) ?? [];
  expect(fields.sort()).toEqual([
    'FieldValueInvalid spec.replicas',
    'FieldValueInvalid spec.template.metadata.labels',
    'FieldValueInvalid spec.template.spec.containers[0].name',
    'FieldValueRequired spec.template.spec.containers[0].image',
  ]);
});

conform('a key __proto__ is kept in data, and is no name for an annotation', async () => {
  const answer = await admin.send('POST', configMaps, {
    body: '{"metadata":{"name":"proto","annotations":{"__proto__":"x","constructor":"y"}}}',
  });
  expectFailure(answer, {
    code: 422,
    reason: 'Invalid',
    message: /metadata\.annotations: Invalid value: "__proto__": name part must consist of/,
  });
  const kept = await admin.send('POST', configMaps, {
    body: '{"metadata":{"name":"proto"},"data":{"__proto__":"x","constructor":"y"}}',
  });
  expect(expectCode(kept, 201).text).toContain('"__proto__":"x"');
  expect((await admin.get(scope.core('configmaps', 'proto'))).text).toContain('"__proto__":"x"');
});

conform('text of any script comes back as it was sent', async () => {
  const data = { a: 'Grüße 漢字 \u202e 👩‍👩‍👧 \u0007 <b>&amp;</b>', b: '\u2028\u2029' };
  await create(configMaps, configMap('script', { data }));
  expect(expectCode(await admin.get(scope.core('configmaps', 'script')), 200).object.data).toEqual(data);
});

const paths: [string, number][] = [
  ['/api/v1/namespaces/default/configmaps/..%2f..%2fsecrets', 404],
  ['/api/v1/namespaces/default/configmaps/%2e%2e', 400],
  ['/api/v1/namespaces/%20/configmaps', 200],
  ['/api/v1/namespaces/default/configmaps/%00', 404],
  ['/api/v1/namespaces/default/configmaps/', 200],
  ['/api/v2', 404],
  ['/apis/apps/v1/namespaces/default/deployments/x/nosuch', 404],
];

for (const [path, code] of paths) {
  conform(`GET ${path}: ${code}`, async () => {
    expect((await admin.send('GET', path)).code).toBe(code);
  });
}
