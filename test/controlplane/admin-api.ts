/** The API server as its administrator, for the control plane's own needs: a few JSON requests, no watch. */
import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import type { Ports } from './ports.ts';

export interface AdminAnswer {
  code: number;
  body: unknown;
}

export interface AdminApi {
  request(method: string, path: string, body?: object, contentType?: string): Promise<AdminAnswer>;
  /** Server-side apply: makes the object or brings it to this state. Throws on a refusal. */
  apply(path: string, object: object): Promise<void>;
  /** POST; an object of this name that is there already is left as it is. */
  create(path: string, object: object): Promise<void>;
  close(): void;
}

const timeoutMs = 30_000;

export function openAdminApi(layout: Layout, ports: Ports): AdminApi {
  const pki = (file: string): Buffer => readFileSync(join(layout.pki, file));
  const [ca, cert, key] = [pki('ca.crt'), pki('admin.crt'), pki('admin.key')];
  const agent = new Agent({ ca, cert, key, keepAlive: true, maxSockets: 16 });
  const send: AdminApi['request'] = (method, path, body, contentType = 'application/json') =>
    exchange({ host: '127.0.0.1', port: ports.apiserver, agent, method, path }, body, contentType);
  return {
    request: send,
    async apply(path, object) {
      const query = 'fieldManager=controlplane&force=true';
      demand(
        await send('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml'),
        `apply ${path}`,
      );
    },
    async create(path, object) {
      demand(await send('POST', path, object), `create in ${path}`, 409);
    },
    close: () => agent.destroy(),
  };
}

function demand(answer: AdminAnswer, what: string, ...accepted: number[]): void {
  if ((answer.code >= 200 && answer.code < 300) || accepted.includes(answer.code)) return;
  throw new Error(`${what}: ${answer.code} ${JSON.stringify(answer.body)}`);
}

function exchange(
  options: RequestOptions,
  body: object | undefined,
  contentType: string,
): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'content-type': contentType } : {};
    const outgoing = request({ ...options, headers, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ code: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) });
      });
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`${options.path}: no answer within 30 s`)));
    outgoing.once('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // /readyz answers in plain text
  }
}
