import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { CredentialSource, Credentials, Endpoint, FileOrData, TlsMaterial } from '../credentials.ts';
import type { Log } from '../log.ts';
import type { ExecSettings, UserSettings } from './connection-settings.ts';
import type { ExecCredential } from './exec-plugin.ts';
import { runExecPlugin } from './exec-plugin.ts';
import { headerValue } from './kubeconfig-entry.ts';
import { fileError } from './kubeconfig-file.ts';
import { checkCertificates, checkPair } from './tls-material.ts';
import type { WatchedFile } from './watched-file.ts';
import { watchedFile } from './watched-file.ts';

/** Files are read again when they change; a plugin runs again shortly before its credential ends. */
/** A plugin's credential is renewed this long before it ends. */
const MARGIN_MS = 10_000;
/** A plugin whose credentials are turned down again and again is not run more often than this. */
const RENEW_EVERY_MS = 30_000;
/** A plugin that fails is not run again at once for every request that waits. */
const RETRY_EVERY_MS = 3_000;

export function createCredentialSource(parts: {
  readonly user: UserSettings;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly log: Log;
}): CredentialSource {
  const { user, endpoint, clock } = parts;
  const files = {
    ca: textSource(endpoint.authority, clock),
    certificate: textSource(user.certificate, clock),
    key: textSource(user.key, clock),
    token: textSource(user.tokenFile, clock),
  };
  const plugin = user.exec === undefined ? null : pluginSource(user.exec, clock);
  const material = checkedMaterial(user, endpoint, parts.log);

  async function collect(isUrgent: boolean): Promise<Credentials> {
    const [ca, cert, key, fileToken] = await Promise.all([
      files.ca?.(isUrgent),
      files.certificate?.(isUrgent),
      files.key?.(isUrgent),
      files.token?.(isUrgent),
    ]);
    // client-go: a token in the kubeconfig is enough, the plugin is not asked then.
    const token =
      fileToken === undefined ? user.token : headerValue(fileToken, user.tokenFile?.what ?? user.what);
    const ran = plugin === null || token !== undefined ? undefined : await plugin.current();
    const tls = material({ ca, cert: ran?.certificatePem ?? cert, key: ran?.keyPem ?? key });
    return assemble(user, tls, token ?? ran?.token, ran?.expiresMs);
  }

  return {
    current: () => collect(false),
    async renew(used) {
      if (plugin !== null && user.token === undefined && user.tokenFile === undefined) await plugin.renew();
      return (await collect(true)).fingerprint !== used.fingerprint;
    },
  };
}

type TextSource = (isUrgent: boolean) => Promise<string>;

function textSource(from: FileOrData | undefined, clock: Clock): TextSource | undefined {
  if (from === undefined) return undefined;
  if ('pem' in from) return () => Promise.resolve(from.pem);
  const file: WatchedFile = watchedFile(from.file, clock);
  return async (isUrgent) => {
    try {
      return await file.read(isUrgent);
    } catch (failure) {
      throw fileError(from.what, failure);
    }
  };
}

interface PluginSource {
  current(): Promise<ExecCredential>;
  /** Runs the plugin again unless it ran a moment ago. */
  renew(): Promise<void>;
}

function pluginSource(settings: ExecSettings, clock: Clock): PluginSource {
  let kept: ExecCredential | null = null;
  let ranMs = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let running: Promise<ExecCredential> | null = null;

  async function run(): Promise<ExecCredential> {
    try {
      kept = await runExecPlugin(settings, clock);
      failure = undefined;
      return kept;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      ranMs = clock.nowMs();
      running = null;
    }
  }
  const shared = () => {
    running ??= run();
    return running;
  };
  const isFresh = (credential: ExecCredential) =>
    credential.expiresMs === undefined || clock.wallMs() < credential.expiresMs - MARGIN_MS;

  return {
    async current() {
      if (running !== null) return running;
      const agoMs = clock.nowMs() - ranMs;
      if (failure !== undefined && agoMs < RETRY_EVERY_MS) throw failure;
      // A credential that is short-lived from the start is used for what it is worth.
      if (kept !== null && (isFresh(kept) || agoMs < RETRY_EVERY_MS)) return kept;
      return shared();
    },
    async renew() {
      if (running === null && clock.nowMs() - ranMs < RENEW_EVERY_MS) return;
      await shared();
    },
  };
}

interface Pems {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** Checks certificates once per content. While a pair is being rotated file by file, the last whole one counts. */
function checkedMaterial(user: UserSettings, endpoint: Endpoint, log: Log): (pems: Pems) => TlsMaterial {
  let good: TlsMaterial | null = null;
  let refusedFingerprint = '';
  return (pems) => {
    const fingerprint = digest([pems.ca, pems.cert, pems.key]);
    if (good?.fingerprint === fingerprint) return good;
    if (good !== null && refusedFingerprint === fingerprint) return good;
    try {
      if (pems.ca !== undefined) checkCertificates(pems.ca, endpoint.authority?.what ?? endpoint.server);
      if (pems.cert !== undefined) {
        const what = user.certificate?.what ?? user.exec?.what ?? user.what;
        checkPair(pems.cert, what, pems.key ?? '', user.key?.what ?? user.exec?.what ?? user.what);
      }
    } catch (failure) {
      if (good === null) throw failure;
      refusedFingerprint = fingerprint;
      log.warn(
        { user: user.name, why: String(failure) },
        'new certificates cannot be used; the former ones stay',
      );
      return good;
    }
    good = { ca: pems.ca, cert: pems.cert, key: pems.key, fingerprint };
    return good;
  };
}

function assemble(
  user: UserSettings,
  tls: TlsMaterial,
  token: string | undefined,
  expiresMs: number | undefined,
): Credentials {
  const authorization =
    token !== undefined ? `Bearer ${token}` : user.basic === undefined ? undefined : `Basic ${user.basic}`;
  const headers = {
    ...(authorization !== undefined && { Authorization: authorization }),
    ...user.impersonation,
  };
  return {
    tls,
    headers,
    origin: originOf(user, token),
    endsMs: expiresMs ?? (token === undefined ? certificateEnd(tls) : Number.NaN),
    fingerprint: digest([tls.fingerprint, authorization]),
  };
}

function originOf(user: UserSettings, token: string | undefined): string {
  if (user.tokenFile !== undefined) return 'the token file';
  if (user.token !== undefined) return 'the token';
  if (user.exec !== undefined)
    return token === undefined ? 'the exec plugin’s certificate' : 'the exec plugin’s token';
  if (user.certificate !== undefined) return 'the client certificate';
  return user.basic === undefined ? '' : 'the password';
}

function certificateEnd(tls: TlsMaterial): number {
  const first = tls.cert === undefined ? undefined : checkCertificates(tls.cert, '')[0];
  return first === undefined ? Number.NaN : Date.parse(first.validTo);
}

function digest(parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part === undefined ? '-' : `+${part.length}:${part}`);
  return hash.digest('hex');
}
