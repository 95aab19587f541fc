import { expect, test } from 'vitest';
import { at } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { Store } from '../../storage/store.ts';
import { ServiceAccountTokens } from './service-tokens.ts';

function world() {
  const store = new Store();
  const time = { ms: Date.parse('2026-11-22T10:00:00Z') };
  const clock = { now: () => time.ms, schedule: () => () => undefined };
  const account = store.create('serviceaccounts', {
    metadata: { name: 'robot', namespace: 'n', uid: 'u1' },
  } as unknown as KubeObject);
  return { store, time, account, tokens: new ServiceAccountTokens({ store, clock }) };
}

const issued = (tokens: ServiceAccountTokens, spec: object = {}) =>
  String(at(tokens.issue('n', 'robot', { spec }), 'status', 'token'));

test('a token speaks for its account until it expires by the cluster’s clock', () => {
  const { tokens, time } = world();
  const token = issued(tokens, { expirationSeconds: 600 });
  expect(tokens.user(token)).toMatchObject({ username: 'system:serviceaccount:n:robot', uid: 'u1' });
  time.ms += 599_000;
  expect(tokens.user(token)).toBeDefined();
  time.ms += 1_000;
  expect(tokens.user(token)).toBeUndefined();
});

test('an account that was made anew is another one', () => {
  const { tokens, store, account } = world();
  const token = issued(tokens);
  store.delete('serviceaccounts', store.get('serviceaccounts', 'n', 'robot') ?? account);
  expect(tokens.user(token)).toBeUndefined();
  store.create('serviceaccounts', { metadata: { ...account.metadata, uid: 'u2' } } as KubeObject);
  expect(tokens.user(token)).toBeUndefined();
});

test.each(['', 'a', 'a.b', 'a.b.c', 'a.b.c.d', '..', 'e30.e30.AAAA'])('%j is nobody’s token', (written) => {
  const { tokens } = world();
  issued(tokens);
  expect(tokens.user(written)).toBeUndefined();
});

test('another process’s token is not taken', () => {
  const [here, there] = [world(), world()];
  issued(here.tokens);
  expect(here.tokens.user(issued(there.tokens))).toBeUndefined();
});

test.each<[object]>([[{ expirationSeconds: 'x' }], [{ audiences: 'x' }], [{ boundObjectRef: [] }]])(
  'a wish of any shape is answered: %j',
  (spec) => {
    expect(world().tokens.issue('n', 'robot', { spec })).toMatchObject({ kind: 'TokenRequest' });
  },
);
