import type { ApiError } from '#lib/resources/api-error.ts';
import { apiError } from './errors.ts';
import { plainText } from './plain-text.ts';

/**
 * Why nothing answered, in words a person can act on. The codes are those of Node (system errors, OpenSSL's
 * verification results, alerts as ERR_SSL_…) and of undici (UND_ERR_…). A fault of our own is InternalError: nobody
 * is to look for it in the network.
 */
export function errorOfFailure(failure: unknown, server: string): ApiError {
  const root = rootOf(failure);
  const code = typeof root.code === 'string' ? root.code : '';
  if (isOwnFault(failure, code)) {
    const message = 'The console failed to ask the API server. Its log has the reason.';
    return apiError({ reason: 'InternalError', message });
  }
  const known = WORDS[code] ?? alertWords(code) ?? parserWords(code);
  const detail = plainText(root.message ?? '', 200);
  const message =
    known === undefined
      ? `${server} cannot be reached${detail === '' ? '' : `: ${detail}`}`
      : known.replaceAll('SERVER', server);
  const reason =
    code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW' ? 'InvalidAnswer' : 'Unreachable';
  return apiError({ reason, message });
}

/** The connection ended before a single byte of the answer: a kept-alive connection the server had just closed. */
export function isReset(failure: unknown): boolean {
  const { code } = rootOf(failure);
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
}

/** Exceptions of the language carry no code; these codes say that a call was wrong, not that it failed. */
function isOwnFault(failure: unknown, code: string): boolean {
  if (/^(?:ERR_ASSERTION$|ERR_INVALID_(?:ARG|CHAR|HTTP)|UND_ERR_INVALID_ARG$)/.test(code)) return true;
  if (code !== '') return false;
  return [TypeError, ReferenceError, RangeError, SyntaxError, URIError].some(
    (kind) => failure instanceof kind,
  );
}

interface Failure {
  readonly code?: unknown;
  readonly message?: string;
}

/** Happy eyeballs gives an AggregateError, a proxy wraps: the innermost error with a code says most. */
function rootOf(failure: unknown): Failure {
  let found: Failure = {};
  let next: unknown = failure;
  for (let depth = 0; depth < 5 && next instanceof Error; depth++) {
    const error: Error & { code?: unknown } = next;
    if (error.code !== undefined || found.message === undefined) {
      found = { code: error.code ?? found.code, message: error.message };
    }
    next = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return found;
}

const CA_WORDS =
  'The certificate of SERVER is not signed by the certificate authority the kubeconfig gives: wrong or outdated certificate-authority, or something else answers at this address';
const TIMEOUT_WORDS =
  'SERVER does not answer (timeout): the address, a firewall or the network between may be wrong';
const CLOSED_WORDS = 'SERVER closed the connection before the answer was complete';

const WORDS: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  ECONNREFUSED: 'SERVER refused the connection: nothing listens there. Is the API server running?',
  ENOTFOUND: 'The host name of SERVER is not known (DNS)',
  EAI_AGAIN: 'The host name of SERVER cannot be looked up now: the name server does not answer (DNS)',
  ETIMEDOUT: TIMEOUT_WORDS,
  UND_ERR_CONNECT_TIMEOUT: TIMEOUT_WORDS,
  UND_ERR_HEADERS_TIMEOUT: TIMEOUT_WORDS,
  UND_ERR_BODY_TIMEOUT: 'SERVER stopped in the middle of an answer (timeout)',
  EHOSTUNREACH: 'There is no way to SERVER in the network (host unreachable)',
  ENETUNREACH: 'There is no way to SERVER in the network (network unreachable)',
  ECONNRESET: CLOSED_WORDS,
  EPIPE: CLOSED_WORDS,
  UND_ERR_SOCKET: CLOSED_WORDS,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: CLOSED_WORDS,
  UND_ERR_PRX_CONN: 'The proxy (proxy-url) on the way to SERVER closed the connection',
  UND_ERR_PRX_TLS: 'The certificate of the proxy (proxy-url) on the way to SERVER is not valid',
  UND_ERR_SOCKS5: 'The SOCKS proxy (proxy-url) could not reach SERVER',
  UND_ERR_ABORTED: 'The proxy (proxy-url) refused to connect to SERVER',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'The certificate of SERVER is self-signed and not the one the kubeconfig trusts: wrong certificate-authority, or something else answers at this address',
  SELF_SIGNED_CERT_IN_CHAIN: CA_WORDS,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CA_WORDS,
  UNABLE_TO_GET_ISSUER_CERT: CA_WORDS,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CA_WORDS,
  CERT_SIGNATURE_FAILURE: CA_WORDS,
  CERT_UNTRUSTED: CA_WORDS,
  INVALID_CA: CA_WORDS,
  CERT_HAS_EXPIRED: 'The certificate of SERVER, or of its certificate authority, has expired',
  CERT_NOT_YET_VALID: 'The certificate of SERVER is not valid yet: is the clock of this machine right?',
  CERT_REVOKED: 'The certificate of SERVER was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate of SERVER is for another host name: the address is wrong, or the kubeconfig needs tls-server-name',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'SERVER does not finish the TLS handshake (timeout)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'SERVER does not speak TLS: is it an http:// address?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'SERVER does not speak TLS: is it an http:// address?',
});

/** TLS alerts with which a server turns a client certificate down. */
function alertWords(code: string): string | undefined {
  if (!code.startsWith('ERR_SSL_')) return undefined;
  if (/ALERT_CERTIFICATE_EXPIRED/.test(code))
    return 'SERVER says the client certificate of the kubeconfig has expired';
  if (
    /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)/.test(
      code,
    )
  ) {
    return 'SERVER does not accept the client certificate of the kubeconfig';
  }
  return `The TLS handshake with SERVER failed (${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')})`;
}

function parserWords(code: string): string | undefined {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return 'SERVER sent larger headers than an API server does';
  return code.startsWith('HPE_')
    ? 'SERVER does not speak HTTP: something else listens at this address'
    : undefined;
}
