import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NotOurs, namesInJournal, openJournal, reasonToRefuse } from './own-namespaces.ts';

const ours = '/api/v1/namespaces/strata-conformance-a-1';
const named = (name: string): object => ({ metadata: { name } });

test.each([
  ['GET', '/apis/rbac.authorization.k8s.io/v1/clusterroles'],
  ['POST', `${ours}/pods`],
  ['POST', '/apis/example.com/v1/namespaces/strata-conformance-a-1/widgets'],
  ['PATCH', `${ours}/pods/a/status`],
  ['DELETE', ours],
  ['DELETE', `${ours}/pods`],
  ['POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
])('%s %s is sent to any cluster', (method, path) => {
  expect(reasonToRefuse({ method, path })).toBeUndefined();
});

test.each([
  ['DELETE', '/api/v1/namespaces'],
  ['DELETE', '/api/v1/namespaces/default'],
  ['POST', '/api/v1/namespaces/default/pods'],
  ['POST', '/api/v1/nodes'],
  ['PATCH', '/api/v1/nodes/a'],
  ['POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
  ['POST', `${ours}/../../nodes`],
  ['POST', '/api/v1/nodes/namespaces/strata-conformance-a/../x'],
  ['POST', `${ours}%2f..%2fdefault/pods`],
  ['PUT', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  ['POST', '/'],
])('%s %s is not', (method, path) => {
  expect(reasonToRefuse({ method, path })).toBe('it writes outside namespaces of its own');
});

test('a dry run changes nothing', () => {
  const dry = { method: 'POST', path: '/api/v1/nodes', query: { dryRun: 'All' } };
  expect(reasonToRefuse(dry)).toBeUndefined();
  expect(reasonToRefuse({ ...dry, query: { dryRun: 'Some' } })).toBeDefined();
});

test('only namespaces with its own names are made', () => {
  const made = (body: unknown) => reasonToRefuse({ method: 'POST', path: '/api/v1/namespaces', body });
  expect(made(named('strata-conformance-x'))).toBeUndefined();
  expect(made({ metadata: { generateName: 'strata-conformance-' } })).toBeUndefined();
  for (const body of [named('shop'), {}, undefined, 'text', { metadata: 'x' }])
    expect(made(body)).toBeDefined();
});

test('every namespace is written down before it is made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-journal-'));
  try {
    const file = join(folder, 'namespaces');
    const journal = openJournal(file);
    const post = { method: 'POST', path: '/api/v1/namespaces' };
    journal.before({ ...post, body: named('strata-conformance-x') });
    const generated = { ...post, body: { metadata: { generateName: 'strata-conformance-' } } };
    journal.before(generated);
    journal.after(generated, named('strata-conformance-abcde'));
    journal.before({ method: 'POST', path: `${ours}/pods`, body: named('a') });
    expect(() => journal.before({ ...post, body: named('shop') })).toThrow(NotOurs);
    expect(namesInJournal(readFileSync(file, 'utf8'))).toEqual([
      'strata-conformance-x',
      'strata-conformance-abcde',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
