/**
 * Reads a kubeconfig for the suite's own client. Kept apart from the console's reader, so that a mistake there
 * cannot hide here. Knows what test clusters use: certificates, tokens, files or inline; no exec plugins.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';

export interface Access {
  server: string;
  ca?: string;
  cert?: string;
  key?: string;
  token?: string;
  rejectUnauthorized: boolean;
}

type Fields = Record<string, unknown>;

export function readAccess(file: string, context?: string): Access {
  const config = asFields(parse(readFileSync(file, 'utf8')), file);
  const contextName = context ?? config['current-context'];
  const { cluster, user } = asFields(named(config.contexts, contextName, 'context'), 'context');
  const clusterFields = asFields(named(config.clusters, cluster, 'cluster'), 'cluster');
  const userFields = asFields(named(config.users, user, 'user'), 'user');
  if (userFields.exec !== undefined)
    throw new Error(`${file}: user ${user} needs an exec plugin; give a token or a certificate`);
  const read = (fields: Fields, key: string): string | undefined => readDatum(fields, key, dirname(file));
  if (typeof clusterFields.server !== 'string') throw new Error(`${file}: cluster ${cluster} has no server`);
  return {
    server: clusterFields.server.replace(/\/$/, ''),
    ca: read(clusterFields, 'certificate-authority'),
    cert: read(userFields, 'client-certificate'),
    key: read(userFields, 'client-key'),
    token:
      typeof userFields.token === 'string'
        ? userFields.token
        : readFile(userFields.tokenFile, dirname(file))?.trim(),
    rejectUnauthorized: clusterFields['insecure-skip-tls-verify'] !== true,
  };
}

function named(list: unknown, name: unknown, what: string): unknown {
  const entries = Array.isArray(list) ? list.map((entry) => asFields(entry, what)) : [];
  const entry = entries.find((each) => each.name === name);
  if (!entry) throw new Error(`kubeconfig: no ${what} named ${name}`);
  return entry[what];
}

function readDatum(fields: Fields, key: string, folder: string): string | undefined {
  const data = fields[`${key}-data`];
  return typeof data === 'string'
    ? Buffer.from(data, 'base64').toString('utf8')
    : readFile(fields[key], folder);
}

function readFile(path: unknown, folder: string): string | undefined {
  return typeof path === 'string' ? readFileSync(resolve(folder, path), 'utf8') : undefined;
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null) throw new Error(`kubeconfig: ${what} is no mapping`);
  return value as Fields;
}
