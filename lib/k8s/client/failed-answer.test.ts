import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOfFailure } from './connection-error.ts';
import { errorOfAnswer, errorOfStatus } from './failed-answer.ts';
import { plainText } from './plain-text.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const answer = (status: number, contentType: string, body: string) =>
  errorOfAnswer({ status, contentType, body: bytes(body) });

describe('errorOfAnswer', () => {
  it('takes a Status as it is', () => {
    const status = {
      kind: 'Status',
      code: 999,
      reason: 'Invalid',
      message: 'Deployment "x" is invalid',
      details: {
        name: 'x',
        group: 'apps',
        kind: 'Deployment',
        retryAfterSeconds: 3,
        causes: [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }],
      },
    };
    expect(answer(422, 'application/json', JSON.stringify(status))).toEqual({
      reason: 'Invalid',
      code: 422,
      message: 'Deployment "x" is invalid',
      causes: [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.replicas' }],
      details: { name: 'x', group: 'apps', kind: 'Deployment' },
      retryAfterSeconds: 3,
    });
  });

  const foreign: [string, number, string, string, object][] = [
    [
      'text of kube-apiserver',
      404,
      'text/plain',
      '404 page not found\n',
      { reason: 'NotFound', message: '404 page not found' },
    ],
    ['nothing at all', 503, '', '', { reason: 'ServiceUnavailable', code: 503 }],
    ['a page of a proxy', 502, 'text/html', '<h1>Bad\n gateway</h1>', { reason: 'InvalidAnswer', code: 502 }],
    [
      'a sign-in page',
      403,
      'text/html',
      '<title>Sign in</title>',
      { reason: 'InvalidAnswer', message: expect.stringContaining('“Sign in”') },
    ],
    ['JSON of others', 401, 'application/json', '{"error":"nope"}', { reason: 'InvalidAnswer', code: 401 }],
    ['JSON that is none', 500, 'application/json', '{', { reason: 'InvalidAnswer', code: 500 }],
    [
      'a redirect',
      307,
      'text/html',
      '',
      { reason: 'InvalidAnswer', message: expect.stringContaining('redirect') },
    ],
    [
      'a teapot',
      418,
      'text/plain',
      'I am',
      { reason: 'InvalidAnswer', message: expect.stringContaining('“I am”') },
    ],
  ];
  it.each(foreign)('tells %s', (_, status, contentType, body, expected) => {
    expect(answer(status, contentType, body)).toMatchObject(expected);
  });

  it('is total over Status of any shape and bodies of any bytes', () => {
    const field = fc.jsonValue();
    const odd = fc.record(
      {
        kind: fc.constant('Status'),
        reason: field,
        message: field,
        details: field,
        code: field,
        status: field,
      },
      { requiredKeys: ['kind'] },
    );
    fc.assert(
      fc.property(odd, fc.integer({ min: 300, max: 599 }), (status, code) => {
        const error = answer(code, 'application/json', JSON.stringify(status));
        expect(error.code).toBe(code);
        expect(typeof error.reason).toBe('string');
        expect(error.message).not.toMatch(/\p{Cc}/u);
        expect(errorOfStatus(status)).toBeDefined();
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom('application/json', 'text/plain', 'text/html', ''),
        (body, type) => {
          const error = errorOfAnswer({ status: 500, contentType: type, body, retryAfter: 'soon' });
          expect(error.message.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('errorOfFailure', () => {
  const coded = (code: string) => Object.assign(new Error('low-level words'), { code });
  it.each([
    ['ECONNREFUSED', 'refused the connection'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate authority'],
    ['CERT_HAS_EXPIRED', 'expired'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'does not accept the client certificate'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'client certificate of the kubeconfig has expired'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tlsv1 alert protocol version'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP'],
    ['toString', 'cannot be reached'],
  ])('%s', (code, words) => {
    const error = errorOfFailure(coded(code), 'https://a');
    expect(error.message).toContain(words);
    expect(error.message).toContain('https://a');
    expect(error.code).toBe(0);
  });

  it('names faults of the console as such, never as the network’s', () => {
    const faults = [
      new ReferenceError('dispatcher is not defined'),
      new TypeError('x is not a function'),
      coded('UND_ERR_INVALID_ARG'),
      coded('ERR_ASSERTION'),
    ];
    for (const fault of faults) {
      expect(errorOfFailure(fault, 's')).toMatchObject({ reason: 'InternalError', code: 0 });
      expect(errorOfFailure(fault, 's').message).not.toContain('reached');
    }
    expect(errorOfFailure(new TypeError('wrapped', { cause: coded('ECONNREFUSED') }), 's')).toMatchObject({
      reason: 'Unreachable',
    });
  });

  it('looks into wrapped errors', () => {
    const both = new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')], 'all failed');
    expect(errorOfFailure(new Error('outer', { cause: both }), 's').message).toContain('refused');
    expect(errorOfFailure('odd', 's').message).toBe('s cannot be reached');
  });
});

describe('plainText', () => {
  it('has no control characters and keeps to its length', () => {
    expect(plainText('a\u001b[31mb\r\n\u202Ec\ud800', 50)).toBe('a [31mb c');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, length) => {
        const plain = plainText(text, length);
        expect(plain.length).toBeLessThanOrEqual(length);
        expect(plain).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
