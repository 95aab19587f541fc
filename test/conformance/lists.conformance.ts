import { beforeAll, expect } from 'vitest';
import { topic } from './conform.ts';
import {
  configMap,
  create,
  expectCode,
  expectFailure,
  labelled,
  names,
  ownNamespace,
  parkedPod,
} from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin, target } from './target.ts';

const conform = topic('lists');
const scope = ownNamespace('lists');
const configMaps = scope.core('configmaps');
const part = { labelSelector: 'suite=lists' };

const labels: Record<string, Record<string, string>> = {
  a: { app: 'web', tier: 'front', env: 'prod' },
  b: { app: 'web', tier: 'back', env: 'test' },
  c: { app: 'db', tier: 'back' },
  d: { app: 'db', env: 'prod' },
  e: {},
};

beforeAll(async () => {
  for (const [name, own] of Object.entries(labels))
    await create(configMaps, labelled(name, { suite: 'lists', ...own }));
});

conform('a list has a kind and a resourceVersion; its items have neither kind nor apiVersion', async () => {
  const { list } = expectCode(await admin.get(configMaps, part), 200);
  expect(list).toMatchObject({
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
  });
  expect(list.metadata).not.toHaveProperty('continue');
  for (const item of list.items) {
    expect(item).not.toHaveProperty('kind');
    expect(item).not.toHaveProperty('apiVersion');
    expect(Number(item.metadata.resourceVersion)).toBeLessThanOrEqual(Number(list.metadata.resourceVersion));
  }
});

conform('an empty list has an empty array of items', async () => {
  const { list } = expectCode(await admin.get(scope.core('services')), 200);
  expect(list).toMatchObject({ kind: 'ServiceList', items: [] });
});

conform('items come in the order of their names', async () => {
  expect(names(expectCode(await admin.get(configMaps, part), 200).list.items)).toEqual([
    'a',
    'b',
    'c',
    'd',
    'e',
  ]);
});

conform('a list across namespaces holds this namespace too, ordered by namespace and name', async () => {
  const { list } = expectCode(await admin.get('/api/v1/configmaps'), 200);
  const keys = list.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(keys).toContain(`${scope.namespace}/a`);
  expect(keys).toEqual([...keys].sort());
});

async function pages(
  query: Record<string, string | number>,
): Promise<{ items: KubeObject[]; versions: string[] }> {
  const items: KubeObject[] = [];
  const versions: string[] = [];
  let next: string | undefined;
  do {
    const { list } = expectCode(
      await admin.get(configMaps, { ...query, ...(next && { continue: next }) }),
      200,
    );
    items.push(...list.items);
    versions.push(list.metadata.resourceVersion);
    next = list.metadata.continue;
  } while (next);
  return { items, versions };
}

conform('limit gives a continue token and the number that remain', async () => {
  const whole = expectCode(await admin.get(configMaps), 200).list;
  const { list } = expectCode(await admin.get(configMaps, { limit: 2 }), 200);
  expect(list.items).toHaveLength(2);
  expect(list.metadata.continue).toBeTruthy();
  expect(list.metadata.remainingItemCount).toBe(whole.items.length - 2);
});

conform('with a selector the number that remain is not told', async () => {
  const { list } = expectCode(await admin.get(configMaps, { limit: 2, ...part }), 200);
  expect(list.metadata.continue).toBeTruthy();
  expect(list.metadata).not.toHaveProperty('remainingItemCount');
});

conform('the pages together are the list, of one resourceVersion', async () => {
  const { items, versions } = await pages({ limit: 2, ...part });
  expect(names(items)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(new Set(versions).size).toBe(1);
});

conform('later pages do not see what was made after the first', async () => {
  const first = expectCode(await admin.get(configMaps, { limit: 3, ...part }), 200).list;
  await create(configMaps, labelled('dd', { suite: 'lists', late: 'yes' }));
  const { list } = expectCode(
    await admin.get(configMaps, { limit: 3, ...part, continue: String(first.metadata.continue) }),
    200,
  );
  expect(names(list.items)).toEqual(['d', 'e']);
  expect(list.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  expectCode(await admin.delete(scope.core('configmaps', 'dd')), 200);
});

conform('a limit that everything fits in gives no continue token', async () => {
  const { list } = expectCode(await admin.get(configMaps, { limit: 500 }), 200);
  expect(list.metadata).not.toHaveProperty('continue');
  expect(list.metadata).not.toHaveProperty('remainingItemCount');
});

conform('a broken continue token: 400', async () => {
  expectFailure(await admin.get(configMaps, { limit: 2, continue: 'garbage' }), {
    code: 400,
    reason: 'BadRequest',
    message: /continue key is not valid/,
  });
});

conform(
  'a continue token of a forgotten revision: 410 Expired with a token to go on with',
  async () => {
    const first = expectCode(await admin.get(configMaps, { limit: 2 }), 200).list;
    await create(configMaps, configMap('later'));
    await target.compact?.();
    const status = expectFailure(
      await admin.get(configMaps, { limit: 2, continue: String(first.metadata.continue) }),
      {
        code: 410,
        reason: 'Expired',
        message: /^The provided continue parameter is too old to display a consistent list result\./,
      },
    );
    const token = (status.metadata as { continue?: string }).continue;
    expect(token).toBeTruthy();
    const { list } = expectCode(await admin.get(configMaps, { limit: 500, continue: String(token) }), 200);
    expect(names(list.items)).toContain('later');
    expect(names(list.items)).not.toContain('a');
  },
  { needs: 'compact' },
);

conform(
  'an exact resourceVersion that is forgotten: 410 Expired',
  async () => {
    const { list } = expectCode(await admin.get(configMaps), 200);
    await create(configMaps, configMap('later-still'));
    await target.compact?.();
    const query = { resourceVersion: list.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
    expectFailure(await admin.get(configMaps, query), { code: 410, reason: 'Expired' });
  },
  { needs: 'compact' },
);

conform('resourceVersion=0 is answered', async () => {
  expect(
    expectCode(await admin.get(configMaps, { resourceVersion: 0, ...part }), 200).list.items,
  ).toHaveLength(5);
});

conform('resourceVersionMatch=Exact gives the list of that version', async () => {
  const before = expectCode(await admin.get(configMaps, part), 200).list;
  await create(configMaps, labelled('newer', { suite: 'lists' }));
  const query = { ...part, resourceVersion: before.metadata.resourceVersion, resourceVersionMatch: 'Exact' };
  const { list } = expectCode(await admin.get(configMaps, query), 200);
  expect(names(list.items)).toEqual(names(before.items));
  expect(list.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  expectCode(await admin.delete(scope.core('configmaps', 'newer')), 200);
});

const refusals: [string, Record<string, string>, number, string, string | RegExp][] = [
  ['limit is no number', { limit: 'x' }, 400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax'],
  [
    'resourceVersion is no number',
    { resourceVersion: 'x' },
    400,
    'BadRequest',
    'invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax',
  ],
  [
    'resourceVersionMatch without resourceVersion',
    { resourceVersionMatch: 'Exact' },
    422,
    'Invalid',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ],
  [
    'resourceVersionMatch=Exact of 0',
    { resourceVersionMatch: 'Exact', resourceVersion: '0' },
    422,
    'Invalid',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
  ],
  [
    'another resourceVersionMatch',
    { resourceVersionMatch: 'Foo', resourceVersion: '1' },
    422,
    'Invalid',
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Foo": supported values: "Exact", "NotOlderThan", ""',
  ],
  [
    'label selector a===b',
    { labelSelector: 'a===b' },
    400,
    'BadRequest',
    "unable to parse requirement: found '=', expected: identifier",
  ],
  [
    'label selector a in b',
    { labelSelector: 'a in b' },
    400,
    'BadRequest',
    "unable to parse requirement: found 'b' expected: '('",
  ],
  [
    'field selector of an unknown field',
    { fieldSelector: 'spec.x=1' },
    400,
    'BadRequest',
    '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [
    'field selector without an operator',
    { fieldSelector: 'bad' },
    400,
    'BadRequest',
    "invalid selector: 'bad'; can't understand 'bad'",
  ],
  [
    'a resourceVersion of the future',
    { resourceVersion: '9999999999' },
    504,
    'Timeout',
    /^Timeout: Too large resource version: 9999999999, current: \d+$/,
  ],
];

for (const [title, query, code, reason, message] of refusals) {
  conform(`refused: ${title}`, async () => {
    expectFailure(await admin.get(configMaps, query), { code, reason, message });
  });
}

const selectors: [string, string][] = [
  ['app=web', 'a b'],
  ['app==web', 'a b'],
  ['app!=web', 'c d e'],
  ['app in (web,db)', 'a b c d'],
  ['tier in (front)', 'a'],
  ['tier notin (front)', 'b c d e'],
  ['env', 'a b d'],
  ['!env', 'c e'],
  ['app=db,env=prod', 'd'],
  ['app=db,!env', 'c'],
  ['app in (web, db),tier notin (back)', 'a d'],
  ['app=absent', ''],
];

for (const [selector, expected] of selectors) {
  conform(`label selector ${selector} finds ${expected || 'nothing'}`, async () => {
    const { list } = expectCode(
      await admin.get(configMaps, { labelSelector: `suite=lists,${selector}` }),
      200,
    );
    expect(names(list.items).join(' ')).toBe(expected);
  });
}

const fields: [string, string][] = [
  ['metadata.name=b', 'b'],
  ['metadata.name!=b', 'a c d e'],
  ['metadata.name=b,metadata.name=c', ''],
];

for (const [selector, expected] of fields) {
  conform(`field selector ${selector} finds ${expected || 'nothing'}`, async () => {
    const { list } = expectCode(await admin.get(configMaps, { ...part, fieldSelector: selector }), 200);
    expect(names(list.items).join(' ')).toBe(expected);
  });
}

conform('field selector metadata.namespace narrows a list across namespaces', async () => {
  const query = { ...part, fieldSelector: `metadata.namespace=${scope.namespace}` };
  expect(expectCode(await admin.get('/api/v1/configmaps', query), 200).list.items).toHaveLength(5);
});

conform('pods can be asked for by phase and by node', async () => {
  await create(scope.core('pods'), parkedPod('parked'));
  for (const [selector, expected] of [
    ['status.phase=Pending', ['parked']],
    ['status.phase!=Pending', []],
    ['spec.nodeName=', ['parked']],
    ['spec.nodeName=nowhere', []],
  ] as const) {
    const { list } = expectCode(await admin.get(scope.core('pods'), { fieldSelector: selector }), 200);
    expect(names(list.items), selector).toEqual(expected);
  }
});
