/** Who is asking: a client certificate of our own authority, or a bearer token from the list. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { UserInfo } from './rbac.ts';

export interface TokenUser {
  token: string;
  user: UserInfo;
}

const digest = (value: string) => createHash('sha256').update(value).digest();

const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user behind a request: anonymous without credentials, undefined with ones that are wrong. */
export function authenticate(request: IncomingMessage, tokens: TokenUser[]): UserInfo | undefined {
  const socket = request.socket as TLSSocket;
  // Without a certificate this is an empty object.
  const hasCertificate = Object.keys(socket.getPeerCertificate()).length > 0;
  const certified = hasCertificate ? certificateUser(socket) : undefined;
  // The first credential that is good decides; a certificate is looked at before a token.
  if (certified) return certified;
  const header = request.headers.authorization;
  if (/^bearer +\S/i.test(header ?? '') && header) {
    const given = digest(header.slice(7).trim());
    const match = tokens.find(({ token }) => timingSafeEqual(digest(token), given));
    return match && withSystemGroup(match.user);
  }
  return hasCertificate ? undefined : ANONYMOUS;
}

function certificateUser(socket: TLSSocket): UserInfo | undefined {
  if (!socket.authorized) return undefined;
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  if (typeof name !== 'string') return undefined;
  const organizations: unknown = subject.O;
  const groups = (Array.isArray(organizations) ? organizations : [organizations]).filter(
    (group) => typeof group === 'string',
  );
  const id = `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`;
  return withSystemGroup({
    username: name,
    groups,
    extra: { 'authentication.kubernetes.io/credential-id': [id] },
  });
}

const withSystemGroup = (user: UserInfo): UserInfo => ({
  ...user,
  groups: user.groups.includes('system:authenticated')
    ? user.groups
    : [...user.groups, 'system:authenticated'],
});
