/** The API server as its administrator, for the control plane's own needs: a few JSON requests, no watch. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
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
  const agent = new Agent({
    ca: pki('ca.crt'),
    cert: pki('admin.crt'),
    key: pki('admin.key'),
    keepAlive: true,
    maxSockets: 16,
  });

  const send: AdminApi['request'] = (method, path, body, contentType = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = body ? { 'content-type': contentType } : {};
      const options = {
        host: '127.0.0.1',
        port: ports.apiserver,
        agent,
        method,
        path,
        headers,
        timeout: timeoutMs,
      };
      const outgoing = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          resolve({ code: response.statusCode ?? 0, body: parse(Buffer.concat(chunks).toString('utf8')) });
        });
      });
      outgoing.once('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
      outgoing.once('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });

  const demand = async (answer: AdminAnswer, what: string, ...accepted: number[]): Promise<void> => {
    if ((answer.code >= 200 && answer.code < 300) || accepted.includes(answer.code)) return;
    throw new Error(`${what}: ${answer.code} ${JSON.stringify(answer.body)}`);
  };

  return {
    request: send,
    async apply(path, object) {
      const query = 'fieldManager=controlplane&force=true';
      const answer = await send('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
      await demand(answer, `apply ${path}`);
    },
    async create(path, object) {
      await demand(await send('POST', path, object), `create in ${path}`, 409);
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // /readyz answers in plain text
  }
}
