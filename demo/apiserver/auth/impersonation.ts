/** Impersonate-* headers: who may act as whom, and who that is then, as the real server's request filter has it. */
import type { IncomingHttpHeaders } from 'node:http';
import { forbidden, internal } from '../meta/status.ts';
import { type Attributes, type Authorizer, refusal, type UserInfo } from './rbac.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
const EXTRA_PREFIX = 'impersonate-extra-';
const AUTHENTICATION = 'authentication.k8s.io';

/** The user a request acts as: the one who asks, or the one it names. Throws ApiError 403 for who may not. */
export function actingUser(
  authorizer: Authorizer,
  user: UserInfo,
  rawHeaders: IncomingHttpHeaders,
  rawPairs: string[],
): UserInfo {
  const username = single(rawHeaders['impersonate-user']);
  const groups = valuesOf(rawPairs, 'impersonate-group');
  const extra = extraOf(rawPairs);
  const uid = single(rawHeaders['impersonate-uid']);
  if (username === '') {
    if (groups.length > 0 || uid !== '' || Object.keys(extra).length > 0)
      throw internal('requested impersonation of groups, a uid or extra fields without a user name');
    return user;
  }
  for (const wanted of needed(username, groups, uid, extra)) {
    if (!authorizer.isAllowed(user, wanted))
      throw forbidden({ ...wanted, kind: '' }, wanted.name, refusal(user, wanted));
  }
  const acting: UserInfo = { username, groups: allGroups(username, groups) };
  return Object.keys(extra).length > 0 ? { ...acting, extra } : acting;
}

const single = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? '';

/** Node joins repeated headers with a comma, which a group's name may hold too. */
function valuesOf(rawPairs: string[], name: string): string[] {
  return rawPairs.filter((_value, index) => index % 2 === 1 && rawPairs[index - 1]?.toLowerCase() === name);
}

function extraOf(rawPairs: string[]): Record<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [index, name] of rawPairs.entries()) {
    if (index % 2 === 1 || !name.toLowerCase().startsWith(EXTRA_PREFIX)) continue;
    const key = unescaped(name.toLowerCase().slice(EXTRA_PREFIX.length));
    found.set(key, [...(found.get(key) ?? []), rawPairs[index + 1] ?? '']);
  }
  return Object.fromEntries(found);
}

function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function needed(
  username: string,
  groups: string[],
  uid: string,
  extra: Record<string, string[]>,
): Attributes[] {
  const ask = (resource: string, name: string, more: Partial<Attributes> = {}): Attributes => ({
    verb: 'impersonate',
    group: '',
    resource,
    subresource: '',
    namespace: '',
    name,
    ...more,
  });
  const account = SERVICE_ACCOUNT.exec(username);
  const extras = Object.entries(extra).flatMap(([key, values]) =>
    values.map((value) => ask('userextras', value, { group: AUTHENTICATION, subresource: key })),
  );
  return [
    account
      ? ask('serviceaccounts', account[2] ?? '', { namespace: account[1] ?? '' })
      : ask('users', username),
    ...groups.map((name) => ask('groups', name)),
    ...extras,
    ...(uid === '' ? [] : [ask('uids', uid, { group: AUTHENTICATION })]),
  ];
}

function allGroups(username: string, given: string[]): string[] {
  const account = SERVICE_ACCOUNT.exec(username);
  const own =
    account && given.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`]
      : given;
  const known = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return own.includes('system:unauthenticated') || own.includes(known) ? own : [...own, known];
}
