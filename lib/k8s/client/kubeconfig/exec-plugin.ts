import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Endpoint } from '../credentials.ts';
import { apiError, badConfiguration } from '../errors.ts';
import { ApiException } from '../kubernetes-client.ts';
import { plainText } from '../plain-text.ts';
import type { ExecSettings } from './connection-settings.ts';
import type { NamedEntry } from './kubeconfig-file.ts';
import { asMapping } from './kubeconfig-file.ts';

/**
 * Credential plugins (client.authentication.k8s.io/v1 and v1beta1) of the kubeconfig the operator started the server
 * with; never of anything a browser sent. Like client-go: KUBERNETES_EXEC_INFO is set, a relative command with a
 * slash counts from the kubeconfig, a plugin that needs a terminal is refused. Unlike it: at most 60 s and 1 MiB.
 */
export interface ExecCredential {
  readonly token?: string;
  readonly certificatePem?: string;
  readonly keyPem?: string;
  /** Wall clock, ms since 1970; absent: good until the API server says 401. */
  readonly expiresMs?: number;
}

const API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const TIMEOUT_MS = 60_000;
const KILL_AFTER_MS = 2_000;
/** How long output may still come after the plugin's end. */
const HELD_MS = 500;
const MAX_OUTPUT_BYTES = 1024 * 1024;

export function execSettings(
  value: unknown,
  user: string,
  directory: string,
  target: { readonly endpoint: Endpoint; readonly cluster: NamedEntry },
): ExecSettings {
  const what = `${user}: exec`;
  const fields = asMapping(value);
  if (fields === null) throw badConfiguration(`${what} is malformed`);
  const { command, apiVersion } = fields;
  if (typeof command !== 'string' || command === '') throw badConfiguration(`${what} names no command`);
  if (typeof apiVersion !== 'string' || !API_VERSIONS.includes(apiVersion)) {
    throw badConfiguration(`${what}: apiVersion must be ${API_VERSIONS.join(' or ')}`);
  }
  if (fields.interactiveMode === 'Always') {
    throw badConfiguration(
      `${what} needs a terminal (interactiveMode: Always), which the console does not have`,
    );
  }
  const args = fields.args ?? [];
  if (!Array.isArray(args) || !args.every((argument) => typeof argument === 'string')) {
    throw badConfiguration(`${what}: args is not a list of texts`);
  }
  return {
    what,
    command: command.includes('/') && !isAbsolute(command) ? join(directory, command) : command,
    args,
    env: environment(fields.env ?? [], what),
    info: execInfo(apiVersion, fields.provideClusterInfo === true, target),
    apiVersion,
    installHint: typeof fields.installHint === 'string' ? plainText(fields.installHint, 500) : '',
  };
}

function environment(value: unknown, what: string): Record<string, string> {
  if (!Array.isArray(value)) throw badConfiguration(`${what}: env is not a list`);
  const env: Record<string, string> = Object.create(null);
  for (const item of value) {
    const pair = asMapping(item);
    if (typeof pair?.name !== 'string' || typeof pair.value !== 'string') {
      throw badConfiguration(`${what}: env is not a list of names and values`);
    }
    env[pair.name] = pair.value;
  }
  return env;
}

function execInfo(
  apiVersion: string,
  withCluster: boolean,
  target: { readonly endpoint: Endpoint; readonly cluster: NamedEntry },
): string {
  const { endpoint, cluster } = target;
  const authority = endpoint.authority;
  const info = {
    server: endpoint.server,
    ...(endpoint.serverName !== undefined && { 'tls-server-name': endpoint.serverName }),
    ...(endpoint.skipsVerification && { 'insecure-skip-tls-verify': true }),
    ...(authority !== undefined &&
      'pem' in authority && {
        'certificate-authority-data': Buffer.from(authority.pem, 'latin1').toString('base64'),
      }),
    ...(endpoint.proxyUrl !== undefined && { 'proxy-url': endpoint.proxyUrl }),
    config: execExtension(cluster),
  };
  const spec = { interactive: false, ...(withCluster && { cluster: info }) };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
}

/** The cluster's extension that is meant for plugins. */
function execExtension(cluster: NamedEntry): unknown {
  const extensions = cluster.value?.extensions;
  if (!Array.isArray(extensions)) return null;
  const found = extensions.map(asMapping).find((item) => item?.name === 'client.authentication.k8s.io/exec');
  return found?.extension ?? null;
}

/** Runs the plugin once. Rejects with ApiException (Unauthorized); the words hold what it wrote to stderr, cut. */
export async function runExecPlugin(settings: ExecSettings, clock: Clock): Promise<ExecCredential> {
  const { stdout } = await runCommand(settings, clock);
  return credentialOf(stdout, settings);
}

function runCommand(settings: ExecSettings, clock: Clock): Promise<{ stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(settings.command, settings.args, {
      env: { ...process.env, ...settings.env, KUBERNETES_EXEC_INFO: settings.info },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let stopped = '';
    let cancelKill = () => {};
    let cancelHeld = () => {};
    const stop = (why: string) => {
      if (stopped !== '') return;
      stopped = why;
      child.kill('SIGTERM');
      cancelKill = clock.after(KILL_AFTER_MS, () => child.kill('SIGKILL'));
    };
    const cancelTimeout = clock.after(TIMEOUT_MS, () => stop('did not answer within 60 s'));
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      stdout += part;
      if (stdout.length > MAX_OUTPUT_BYTES) stop('wrote more than 1 MiB');
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      if (stderr.length < 4096) stderr += part;
    });
    const end = (why: string) => {
      cancelTimeout();
      cancelKill();
      cancelHeld();
      if (why === '') resolve({ stdout });
      else reject(pluginError(settings, why, stderr));
    };
    child.on('error', (error: NodeJS.ErrnoException) => end(startWords(error)));
    // A process it left behind may hold its output open, and then 'close' would never come.
    child.on('exit', () => {
      cancelHeld = clock.after(HELD_MS, () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
    child.on('close', (code, signal) =>
      end(stopped || (code === 0 ? '' : `ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
}

function startWords(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'was not found';
  if (error.code === 'EACCES') return 'is not executable';
  return `cannot be started (${error.code ?? 'unknown'})`;
}

function pluginError(settings: ExecSettings, why: string, stderr: string): ApiException {
  const said = plainText(withoutSecrets(stderr), 400);
  const hint = why === 'was not found' && settings.installHint !== '' ? ` ${settings.installHint}` : '';
  const message = `${settings.what}: the command ${plainText(settings.command, 200)} ${why}${said === '' ? '' : `: ${said}`}.${hint}`;
  return new ApiException(apiError({ reason: 'Unauthorized', message }));
}

/** Plugins should not write tokens to stderr; those that do must not put them on a screen or into a log. */
function withoutSecrets(text: string): string {
  return text.replace(/[A-Za-z0-9_+/=.~-]{40,}/g, '…');
}

function credentialOf(stdout: string, settings: ExecSettings): ExecCredential {
  const fail = (why: string) => pluginError(settings, why, '');
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw fail('did not answer with JSON'); // the parse error would quote the credential
  }
  const root = asMapping(answer);
  const status = asMapping(root?.status);
  if (root?.kind !== 'ExecCredential' || status === null)
    throw fail('did not answer with an ExecCredential that has a status');
  if (root.apiVersion !== settings.apiVersion)
    throw fail('answered with another apiVersion than it was asked for');
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
  const hasPair = typeof clientCertificateData === 'string' && typeof clientKeyData === 'string';
  if (typeof token !== 'string' && !hasPair)
    throw fail('answered with neither a token nor a certificate and its key');
  const expiresMs = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return {
    ...(typeof token === 'string' && { token }),
    ...(hasPair && { certificatePem: clientCertificateData, keyPem: clientKeyData }),
    ...(Number.isFinite(expiresMs) && { expiresMs }),
  };
}
