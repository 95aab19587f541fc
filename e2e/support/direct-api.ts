// The API server asked directly, past the console: what tests hold the console's rows against, and how they change
// things behind its back. Reads kubeconfigs that are JSON (the demo's).
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** Requests of ours carry it, so that the demo's request log tells them from the console's. */
export const DIRECT_MARK = 'strata-direct=1';

export interface DirectApi {
  get(path: string): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** JSON merge patch */
  patch(path: string, body: unknown): Promise<unknown>;
  /** The items of a list. */
  items(path: string): Promise<readonly unknown[]>;
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly {
    readonly user: {
      readonly token?: string;
      readonly 'client-certificate-data'?: string;
      readonly 'client-key-data'?: string;
    };
  }[];
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

const pem = (data: string | undefined) => (data === undefined ? undefined : Buffer.from(data, 'base64'));

export function directApi(kubeconfig: string): DirectApi {
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { cluster } = config.clusters[0] ?? {};
  const { user } = config.users[0] ?? {};
  if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster or user`);
  const tls = {
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  };
  const send = ({ method, path, body, contentType }: Sent) => {
    const url = new URL(`${path}${path.includes('?') ? '&' : '?'}${DIRECT_MARK}`, cluster.server);
    const headers = {
      accept: 'application/json',
      ...(user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType ?? 'application/json' }),
    };
    return new Promise<unknown>((resolve, reject) => {
      const asked = request(url, { ...tls, method, headers, agent: false, timeout: 10_000 }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          if ((answer.statusCode ?? 0) < 300) resolve(JSON.parse(text));
          else reject(new Error(`${method} ${path} was answered with ${answer.statusCode}: ${text}`));
        });
      });
      asked.on('timeout', () => asked.destroy(new Error(`${method} ${path} was not answered`)));
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  };
  return {
    get: (path) => send({ method: 'GET', path }),
    delete: (path) => send({ method: 'DELETE', path }),
    post: (path, body) => send({ method: 'POST', path, body }),
    patch: (path, body) => send({ method: 'PATCH', path, body, contentType: 'application/merge-patch+json' }),
    items: async (path) => ((await send({ method: 'GET', path })) as { items: unknown[] }).items,
  };
}
