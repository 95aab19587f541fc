/**
 * The suite's own HTTP client: sends exactly what a case says and hands back exactly what came. It must not
 * import lib/k8s, or a bug shared by client and suite would pass.
 */
import { Agent } from 'undici';
import type { KubeList, KubeObject, Status, Table } from './kube-types.ts';
import { type Access, readAccess } from './kubeconfig.ts';
import { openJournal } from './own-namespaces.ts';
import { openWatch, type Watch } from './watch.ts';

export type Query = Record<string, string | number | boolean>;

export interface SendOptions {
  query?: Query;
  /** An object is sent as JSON, a string as it is. */
  body?: unknown;
  contentType?: string;
  accept?: string;
  headers?: Record<string, string>;
}

export interface Answer {
  code: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The body as JSON, or undefined when it is none. */
  json: unknown;
  /** The same, believed to be of that shape. */
  object: KubeObject;
  list: KubeList;
  status: Status;
  table: Table;
}

export interface Client {
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string, query?: Query, accept?: string): Promise<Answer>;
  post(path: string, body: unknown, query?: Query): Promise<Answer>;
  put(path: string, body: unknown, query?: Query): Promise<Answer>;
  patch(path: string, kind: PatchKind, body: unknown, query?: Query): Promise<Answer>;
  delete(path: string, body?: unknown, query?: Query): Promise<Answer>;
  watch(path: string, query?: Query, accept?: string): Promise<Watch>;
  close(): Promise<void>;
}

export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

export type PatchKind = keyof typeof patchTypes;

export const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
export const partialAccept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
export const partialListAccept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

export type Credentials = 'own' | 'none' | { token: string };

/** A client with the kubeconfig's credentials, with none, or with another token. */
export function openClient(file: string, context?: string, credentials: Credentials = 'own'): Client {
  const own = readAccess(file, context);
  const access: Access =
    credentials === 'own'
      ? own
      : { server: own.server, ca: own.ca, rejectUnauthorized: own.rejectUnauthorized };
  const token = typeof credentials === 'object' ? credentials.token : access.token;
  const { ca, cert, key, rejectUnauthorized } = access;
  const dispatcher = new Agent({
    allowH2: false,
    bodyTimeout: 0,
    connect: { ca, cert, key, rejectUnauthorized },
  });
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};

  const journalFile = process.env.CONFORMANCE_JOURNAL;
  const journal = journalFile ? openJournal(journalFile) : undefined;

  const send: Client['send'] = async (method, path, options = {}) => {
    const request = { method, path, query: options.query ?? {}, body: options.body };
    journal?.before(request);
    const { statusCode, headers, body } = await dispatcher.request({
      origin: access.server,
      path: withQuery(path, options.query),
      method: method as 'GET',
      headers: { ...authorization, accept: 'application/json', ...requestHeaders(options) },
      body: bodyText(options.body),
    });
    const text = await body.text();
    const answer = toAnswer(statusCode, headers, text);
    if (statusCode === 201) journal?.after(request, answer.json);
    return answer;
  };

  return {
    send,
    get: (path, query, accept) => send('GET', path, { query, accept }),
    post: (path, body, query) => send('POST', path, { body, query }),
    put: (path, body, query) => send('PUT', path, { body, query }),
    patch: (path, kind, body, query) => send('PATCH', path, { body, query, contentType: patchTypes[kind] }),
    delete: (path, body, query) => send('DELETE', path, { body, query }),
    watch: (path, query, accept = 'application/json') =>
      openWatch(dispatcher, {
        origin: access.server,
        path: withQuery(path, { watch: true, ...query }),
        headers: { ...authorization, accept },
      }),
    close: () => dispatcher.destroy(),
  };
}

/** The path stays as it is given (a URL parser would tidy %2e%2e away); the query is encoded. */
function withQuery(path: string, query: Query = {}): string {
  const words = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return words.length > 0 ? `${path}?${words.join('&')}` : path;
}

function requestHeaders({ accept, body, contentType, headers }: SendOptions): Record<string, string> {
  return {
    ...(accept && { accept }),
    ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
    ...headers,
  };
}

function bodyText(body: unknown): string | undefined {
  return typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
}

function toAnswer(code: number, headers: Answer['headers'], text: string): Answer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined; // plain text, or a stream: the case looks at `text`
  }
  return {
    code,
    headers,
    text,
    json,
    object: json as KubeObject,
    list: json as KubeList,
    status: json as Status,
    table: json as Table,
  };
}
