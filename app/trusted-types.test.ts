import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { TRUSTED_TYPES_SCRIPT } from './trusted-types.ts';

interface Policy {
  createScriptURL(text: string): string;
  createHTML(text: string): string;
}

function policyOf(): Policy {
  const made: Record<string, Policy> = {};
  const trustedTypes = {
    createPolicy(name: string, policy: Policy) {
      made[name] = policy;
    },
  };
  const window = { trustedTypes, location: { origin: 'http://127.0.0.1:7070' } };
  runInNewContext(TRUSTED_TYPES_SCRIPT, { window, URL, TypeError });
  const { default: policy } = made;
  if (policy === undefined) throw new Error('no default policy was made');
  return policy;
}

describe('the policy script', () => {
  it('may stand in a script element', () => {
    expect(TRUSTED_TYPES_SCRIPT).not.toMatch(/<\/script|<!--/i);
  });

  it('does nothing where there are no Trusted Types', () => {
    expect(() => runInNewContext(TRUSTED_TYPES_SCRIPT, { window: {} })).not.toThrow();
  });

  it.each(['/_next/static/chunks/a.js', 'http://127.0.0.1:7070/_next/static/chunks/a.js?x=1'])(
    'lets %s through',
    (url) => {
      expect(policyOf().createScriptURL(url)).toBe(url);
    },
  );

  it.each([
    'https://evil.test/_next/static/a.js',
    '//evil.test/_next/static/a.js',
    'http://127.0.0.1:7071/_next/static/a.js',
    '/_next/static/../../api/clusters/demo/api/v1/nodes/a',
    '/api/live',
    'data:text/javascript,1',
    'javascript:1',
    'blob:http://127.0.0.1:7070/_next/static/x',
  ])('refuses %s', (url) => {
    expect(() => policyOf().createScriptURL(url)).toThrow(TypeError);
  });

  it('lets React’s empty script element through, and no other HTML', () => {
    expect(policyOf().createHTML('<script></script>')).toBe('<script></script>');
    for (const html of ['<script>1</script>', '<img src=x onerror=1>', '<b>x</b>', ''])
      expect(() => policyOf().createHTML(html)).toThrow(TypeError);
  });
});
