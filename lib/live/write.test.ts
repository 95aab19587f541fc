import { afterEach, describe, expect, it, vi } from 'vitest';
import { deleteObject, objectPath, writeResultOf } from './write.ts';

afterEach(() => vi.unstubAllGlobals());

const refusal = { reason: 'Conflict', code: 409, message: 'the uid is another', causes: [{ message: 'x' }] };

describe('objectPath', () => {
  it('names objects as the API server does', () => {
    const pods = { group: '', version: 'v1', resource: 'pods' };
    const crds = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };
    expect(objectPath({ type: pods, namespace: 'a', name: 'b' })).toBe('/api/v1/namespaces/a/pods/b');
    expect(objectPath({ type: crds, namespace: '', name: 'a.b' })).toBe(
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b',
    );
    expect(objectPath({ type: pods, namespace: 'a', name: '../x?y' })).toBe(
      '/api/v1/namespaces/a/pods/..%2Fx%3Fy',
    );
  });
});

describe('writeResultOf', () => {
  it.each([
    [409, refusal, 'refused'],
    [409, { outcome: 'refused', error: refusal }, 'refused'],
    [403, 'not even an object', 'refused'],
    [502, refusal, 'unknown'],
    [200, { hello: 'world' }, 'unknown'],
    [200, null, 'unknown'],
    [200, { outcome: 'unknown', error: refusal, checked: { state: 'gone' } }, 'unknown'],
    [200, { outcome: 'done', uid: 'u', resourceVersion: '1', warnings: ['w', 3] }, 'done'],
  ])('%i %j → %s', (status, json, outcome) => {
    expect(writeResultOf(status, json).outcome).toBe(outcome);
  });

  it.each([
    [{ state: 'gone' }, { state: 'gone' }],
    [
      { state: 'leaving', uid: 'u' },
      { state: 'leaving', uid: 'u' },
    ],
    [
      { state: 'present', uid: 'u', resourceVersion: '1' },
      { state: 'present', uid: 'u', resourceVersion: '1' },
    ],
    [{ state: 'what' }, { state: 'unchecked' }],
    [undefined, { state: 'unchecked' }],
  ])('passes on what the check saw: %j', (checked, expected) => {
    expect(writeResultOf(200, { outcome: 'unknown', error: refusal, checked })).toMatchObject({
      checked: expected,
      error: { reason: 'Conflict' },
    });
  });
});

describe('deleteObject', () => {
  const request = {
    cluster: 'shop',
    type: { group: 'apps', version: 'v1', resource: 'deployments' },
    namespace: 'a',
    name: 'b',
    uid: 'u',
  };

  it.each([
    ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
    ['an answer that is cut off', () => Promise.resolve(new Response('{"outcome":"do'))],
  ])('ends as unknown, unchecked, after %s; and does not try twice', async (_why, answer) => {
    const fetched = vi.fn(answer);
    vi.stubGlobal('fetch', fetched);
    const result = await deleteObject(request);
    expect(result).toMatchObject({
      outcome: 'unknown',
      error: { reason: 'Unreachable', code: 0 },
      checked: { state: 'unchecked' },
    });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('asks for a dry run in the body', async () => {
    const fetched = vi.fn(async (_url: string, _init: RequestInit) => Response.json({ outcome: 'done' }));
    vi.stubGlobal('fetch', fetched);
    await deleteObject({ ...request, dryRun: true, propagationPolicy: 'Foreground' });
    const body: unknown = JSON.parse(String(fetched.mock.calls[0]?.[1].body));
    expect(body).toMatchObject({ dryRun: ['All'], propagationPolicy: 'Foreground' });
  });
});
