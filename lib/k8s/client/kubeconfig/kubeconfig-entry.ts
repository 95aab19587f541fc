import { dirname, isAbsolute, join } from 'node:path';
import type { Endpoint, FileOrData } from '../credentials.ts';
import { badConfiguration } from '../errors.ts';
import type { ContextSettings, UserSettings } from './connection-settings.ts';
import { execSettings } from './exec-plugin.ts';
import type { Kubeconfig, NamedEntry } from './kubeconfig-file.ts';
import { asMapping } from './kubeconfig-file.ts';

/**
 * One context of a kubeconfig as settings of a connection. Pure: files are only named here (relative paths count
 * from the kubeconfig that holds them). Throws ApiException (BadConfiguration) in words that name file and entry.
 */
type Fields = Readonly<Record<string, unknown>>;

export function contextSettings(kubeconfig: Kubeconfig, context: NamedEntry): ContextSettings {
  const what = `Context "${context.name}" in ${context.file}`;
  if (context.value === null) throw badConfiguration(`${what} is empty: it names neither cluster nor user`);
  const clusterName = text(context.value, 'cluster', what);
  const userName = text(context.value, 'user', what);
  if (clusterName === '') throw badConfiguration(`${what} names no cluster`);
  if (userName === '') throw badConfiguration(`${what} names no user`);
  const cluster = kubeconfig.clusters.get(clusterName);
  if (cluster === undefined)
    throw badConfiguration(`${what} names the cluster "${clusterName}", which is not there`);
  const user = kubeconfig.users.get(userName);
  if (user === undefined) throw badConfiguration(`${what} names the user "${userName}", which is not there`);
  const endpoint = endpointOf(cluster);
  return {
    namespace: text(context.value, 'namespace', what),
    endpoint,
    user: userOf(user, endpoint, cluster),
  };
}

/** What may be said of an entry that cannot be used: names only. */
export function identityOf(
  kubeconfig: Kubeconfig,
  context: NamedEntry,
): { readonly server: string; readonly user: string; readonly namespace: string } {
  const field = (key: string): string => {
    const value = context.value?.[key];
    return typeof value === 'string' ? value : '';
  };
  const server = kubeconfig.clusters.get(field('cluster'))?.value?.server;
  return { server: safeServer(server), user: field('user'), namespace: field('namespace') };
}

function safeServer(server: unknown): string {
  if (typeof server !== 'string' || !URL.canParse(server)) return '';
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

function endpointOf(entry: NamedEntry): Endpoint {
  const what = `Cluster "${entry.name}" in ${entry.file}`;
  const fields = entry.value;
  if (fields === null) throw badConfiguration(`${what} is empty: it has no server`);
  const server = text(fields, 'server', what);
  if (server === '') throw badConfiguration(`${what} has no server`);
  if (!URL.canParse(server)) throw badConfiguration(`${what}: server is not a valid address`);
  const url = new URL(server);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw badConfiguration(`${what}: server must begin with https://`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badConfiguration(`${what}: server must be an address without user, password, query or fragment`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw badConfiguration(
      `${what}: server is http://, which would send credentials unprotected; only https:// or a loopback address is allowed`,
    );
  }
  const authority = fileOrData(fields, 'certificate-authority', entry, what);
  const serverName = text(fields, 'tls-server-name', what);
  const proxyUrl = proxyOf(fields, what);
  return {
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    server: safeServer(server),
    skipsVerification: flag(fields, 'insecure-skip-tls-verify', what),
    ...(authority !== undefined && { authority }),
    ...(serverName !== '' && { serverName }),
    ...(proxyUrl !== '' && { proxyUrl }),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

function proxyOf(fields: Fields, what: string): string {
  const proxyUrl = text(fields, 'proxy-url', what);
  if (proxyUrl === '') return '';
  const isKnown =
    URL.canParse(proxyUrl) && ['http:', 'https:', 'socks5:'].includes(new URL(proxyUrl).protocol);
  if (!isKnown)
    throw badConfiguration(`${what}: proxy-url must be an http://, https:// or socks5:// address`);
  return proxyUrl;
}

function userOf(entry: NamedEntry, endpoint: Endpoint, cluster: NamedEntry): UserSettings {
  const what = `User "${entry.name}" in ${entry.file}`;
  const fields = entry.value ?? {};
  if (fields['auth-provider'] !== undefined && fields['auth-provider'] !== null) {
    throw badConfiguration(`${what} uses auth-provider, which Kubernetes 1.26 removed: use an exec plugin`);
  }
  const certificate = fileOrData(fields, 'client-certificate', entry, what);
  const key = fileOrData(fields, 'client-key', entry, what);
  if ((certificate === undefined) !== (key === undefined)) {
    throw badConfiguration(
      `${what} has a ${key === undefined ? 'client-certificate without a client-key' : 'client-key without a client-certificate'}`,
    );
  }
  const token = text(fields, 'token', what);
  const tokenFile = text(fields, 'tokenFile', what);
  const username = text(fields, 'username', what);
  const exec =
    fields.exec === undefined || fields.exec === null
      ? undefined
      : execSettings(fields.exec, what, dirname(entry.file), { endpoint, cluster });
  return {
    name: entry.name,
    what,
    impersonation: impersonationOf(fields, what),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(token !== '' && { token: headerValue(token, what) }),
    ...(tokenFile !== '' && { tokenFile: { what: `${what}: tokenFile`, file: pathOf(tokenFile, entry) } }),
    ...(username !== '' && {
      basic: Buffer.from(`${username}:${text(fields, 'password', what)}`).toString('base64'),
    }),
    ...(exec !== undefined && { exec }),
  };
}

/** Tokens come with a line end more often than not; anything else that is no header value is refused. */
export function headerValue(value: string, what: string): string {
  const trimmed = value.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed))
    throw badConfiguration(`${what}: the token is empty or has characters no token has`);
  return trimmed;
}

/** client-go's transport.ImpersonationConfig as the headers it sends. */
function impersonationOf(fields: Fields, what: string): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const user = text(fields, 'as', what);
  const uid = text(fields, 'as-uid', what);
  const groups = fields['as-groups'] ?? [];
  const extra = asMapping(fields['as-user-extra'] ?? {});
  const isWellFormed =
    Array.isArray(groups) && groups.every((group) => typeof group === 'string') && extra !== null;
  if (
    !isWellFormed ||
    (user === '' && (uid !== '' || groups.length > 0 || Object.keys(extra ?? {}).length > 0))
  ) {
    throw badConfiguration(`${what}: impersonation (as, as-groups, as-uid, as-user-extra) is malformed`);
  }
  if (user !== '') headers['Impersonate-User'] = user;
  if (uid !== '') headers['Impersonate-Uid'] = uid;
  if (groups.length > 0) headers['Impersonate-Group'] = groups as string[];
  for (const [name, values] of Object.entries(extra)) {
    if (!Array.isArray(values)) throw badConfiguration(`${what}: as-user-extra is malformed`);
    headers[`Impersonate-Extra-${encodeURIComponent(name)}`] = values.map(String);
  }
  return headers;
}

/** `key`-data (base64 of PEM) wins over `key` (a file), as in client-go. */
function fileOrData(fields: Fields, key: string, entry: NamedEntry, what: string): FileOrData | undefined {
  const data = text(fields, `${key}-data`, what);
  if (data !== '') {
    const named = `${what}: ${key}-data`;
    if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data)) throw badConfiguration(`${named} is not base64`);
    return { what: named, pem: Buffer.from(data, 'base64').toString('latin1') };
  }
  const file = text(fields, key, what);
  return file === ''
    ? undefined
    : { what: `${what}: ${key} ${pathOf(file, entry)}`, file: pathOf(file, entry) };
}

function pathOf(file: string, entry: NamedEntry): string {
  return isAbsolute(file) ? file : join(dirname(entry.file), file);
}

function text(fields: Fields, key: string, what: string): string {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  // YAML makes numbers of names such as 2024; kubectl takes them for text too when quoted, and says so when not.
  throw badConfiguration(`${what}: ${key} is not text`);
}

function flag(fields: Fields, key: string, what: string): boolean {
  const value = fields[key] ?? false;
  if (typeof value !== 'boolean') throw badConfiguration(`${what}: ${key} is neither true nor false`);
  return value;
}
