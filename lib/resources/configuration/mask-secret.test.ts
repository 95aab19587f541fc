import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskSecret } from './mask-secret.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

test('keys and sizes stay, values go', () => {
  const secret = {
    kind: 'Secret',
    metadata: {
      name: 'db',
      annotations: { team: 'shop', [LAST_APPLIED]: '{"data":{"password":"aHVudGVyMg=="}}' },
    },
    data: { password: 'aHVudGVyMg==', empty: '', odd: 7 },
    stringData: { url: 'postgres://häuser' },
  };
  const shown = JSON.parse(JSON.stringify(maskSecret(secret)));
  expect(shown.data).toEqual({ password: '•••••• (7 bytes)', empty: '•••••• (0 bytes)', odd: '••••••' });
  expect(shown.stringData).toEqual({ url: '•••••• (18 bytes)' });
  expect(shown.metadata.annotations).toEqual({ team: 'shop', [LAST_APPLIED]: '••••••' });
  expect(secret.data.password, 'the argument is not changed').toBe('aHVudGVyMg==');
});

test.each([['a string'], [['a', 'list']], [7]])('data of another shape is hidden whole: %j', (data) => {
  expect(maskSecret({ data }).data).toBe('••••••');
});

test('no value of any Secret comes through', () => {
  const canary = fc.stringMatching(/^canary-[a-z0-9]{12}$/);
  const values = fc.dictionary(
    fc.oneof(fc.string(), fc.constant('__proto__')),
    fc.oneof(canary, fc.array(canary), fc.record({ a: canary })),
  );
  fc.assert(
    fc.property(values, values, canary, (data, stringData, copy) => {
      const text = JSON.stringify(
        maskSecret({ data, stringData, metadata: { annotations: { [LAST_APPLIED]: copy } } }),
      );
      expect(text.replace(/"[^"]*":/g, '')).not.toContain('canary-');
    }),
  );
});
