import type { Clock } from '#lib/k8s/client/clock.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { ConsoleApi } from '#lib/protocol/console-api.ts';
import type { WriteResult } from '#lib/resources/api-error.ts';
import { maskSecret } from '#lib/resources/configuration/mask-secret.ts';
import { isDictionary } from '#lib/resources/read.ts';
import { GRANT_HEADER, type Grant, type Grants } from '../edge/grants.ts';
import { MAX_BODY_BYTES } from '../edge/judge.ts';
import { isRefusal, type Refusal, refusalError } from '../edge/refusal.ts';
import type { Cluster, ClusterSlot } from '../hub/cluster.ts';
import type { StoreReaders } from '../hub/tables/store-readers.ts';
import { parseAccessQuestion } from './access-question.ts';
import { parseExportQuestion } from './export/export-question.ts';
import { createExporter, type Exporter } from './export/exporter.ts';
import { type KubernetesRequest, parseKubernetesRequest, upstreamPath } from './kubernetes-request.ts';
import { readBody } from './read-body.ts';
import { writeBody } from './write-body.ts';
import { writeObject } from './write-object.ts';

/**
 * The API behind Next's route handlers. A handler's Request only carries the name of a grant and the body; who asks
 * and for what is taken from the grant the edge issued, parsed from the raw address. Without a grant: 401.
 */
export interface ConsoleApiOptions {
  readonly clusters: ReadonlyMap<string, ClusterSlot>;
  readonly grants: Grants;
  readonly clock: Clock;
  readonly readers: StoreReaders;
  /** One call a write, for the log: never a body. */
  readonly onWrite: (record: WriteRecord) => void;
  readonly onError: (error: unknown, requestId: string) => void;
}

export interface WriteRecord {
  readonly request: KubernetesRequest;
  readonly requestId: string;
  readonly sessionKey: string;
  readonly result: WriteResult;
  readonly auditId?: string;
  readonly durationMs: number;
}

export function createConsoleApi(options: ConsoleApiOptions): ConsoleApi {
  const guarded = async (request: Request, serve: (grant: Grant) => Promise<Response>): Promise<Response> => {
    const grant = options.grants.claim(request.headers.get(GRANT_HEADER) ?? '');
    if (grant === null) return answer(401, refusalError(unknownCaller));
    try {
      return await serve(grant);
    } catch (failure) {
      if (failure instanceof ApiException) return failed(failure, grant);
      if (grant.signal.aborted) return answer(503, refusalError(leftAlone, grant.requestId));
      options.onError(failure, grant.requestId);
      return answer(500, refusalError(broken, grant.requestId));
    }
  };
  const exporter = createExporter(options);
  return {
    object: (request) => guarded(request, (grant) => serveObject(options, grant, request)),
    access: (request) => guarded(request, (grant) => serveAccess(options, grant)),
    export: (request) => guarded(request, (grant) => serveExport(options, exporter, grant)),
  };
}

const unknownCaller: Refusal = {
  status: 401,
  reason: 'Unauthorized',
  message: 'The request did not come through the console’s edge.',
};
const leftAlone: Refusal = { status: 503, message: 'The request was given up.' };
const broken: Refusal = {
  status: 500,
  reason: 'InternalError',
  message: 'The console failed to answer. Its log has the reason.',
};

async function serveObject(options: ConsoleApiOptions, grant: Grant, request: Request): Promise<Response> {
  const parsed = parseKubernetesRequest(grant.method, grant.path, grant.query);
  const isWrite = grant.method !== 'GET' && grant.method !== 'HEAD';
  if (isRefusal(parsed)) return refuse(parsed, grant, isWrite);
  const cluster = clusterOf(options, parsed.cluster);
  if (isRefusal(cluster)) return refuse(cluster, grant, isWrite);
  if (parsed.verb === 'get') return readObject(cluster, parsed, grant);
  return changeObject(options, cluster, { ...parsed, verb: parsed.verb }, grant, request);
}

async function readObject(cluster: Cluster, parsed: KubernetesRequest, grant: Grant): Promise<Response> {
  const { requestId, signal } = grant;
  const found = await cluster.client.request({
    method: 'GET',
    path: upstreamPath(parsed),
    requestId,
    signal,
  });
  // As it came, digits of large numbers included; only Secrets are read and written anew.
  if (parsed.group !== '' || parsed.resource !== 'secrets')
    return bytes(200, found.body as Uint8Array<ArrayBuffer>);
  const secret = found.json();
  return answer(200, isDictionary(secret) ? maskSecret(secret) : null);
}

async function changeObject(
  options: ConsoleApiOptions,
  cluster: Cluster,
  parsed: Parameters<typeof writeObject>[1],
  grant: Grant,
  request: Request,
): Promise<Response> {
  const startedMs = options.clock.nowMs();
  const text = await readBody(request.body, MAX_BODY_BYTES);
  if (isRefusal(text)) return refuse(text, grant, true);
  const contentType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const body = writeBody(parsed, contentType, text.text);
  if (isRefusal(body)) return refuse(body, grant, true);
  // Not tied to the client's connection: a write that was sent is followed to its end, and logged.
  const written = await writeObject(cluster.client, parsed, body, grant.requestId);
  options.onWrite({
    request: parsed,
    requestId: grant.requestId,
    sessionKey: grant.session.key,
    durationMs: options.clock.nowMs() - startedMs,
    ...written,
  });
  return answer(statusOf(written.result), written.result);
}

async function serveAccess(options: ConsoleApiOptions, grant: Grant): Promise<Response> {
  const question = parseAccessQuestion(grant.path, grant.query);
  if (isRefusal(question)) return refuse(question, grant, false);
  const cluster = clusterOf(options, question.cluster);
  if (isRefusal(cluster)) return refuse(cluster, grant, false);
  return answer(200, await cluster.access.review(question.right));
}

async function serveExport(options: ConsoleApiOptions, exporter: Exporter, grant: Grant): Promise<Response> {
  const question = parseExportQuestion(grant.path, grant.query);
  if (isRefusal(question)) return refuse(question, grant, false);
  const cluster = clusterOf(options, question.spec.cluster);
  if (isRefusal(cluster)) return refuse(cluster, grant, false);
  const found = await exporter.open(cluster, question, grant.signal);
  return isRefusal(found) ? refuse(found, grant, false) : found;
}

function clusterOf(options: ConsoleApiOptions, id: string): Cluster | Refusal {
  const slot = options.clusters.get(id);
  if (slot === undefined)
    return { status: 404, reason: 'NotFound', message: 'There is no cluster of this name.' };
  if (slot.cluster !== undefined) return slot.cluster;
  return { status: 503, reason: slot.error.reason, message: slot.error.message };
}

function statusOf(result: WriteResult): number {
  if (result.outcome === 'done') return 200;
  if (result.outcome === 'unknown') return 504;
  const { code } = result.error;
  // 401 is ours alone: the browser would take the API server's for an ended session.
  return code >= 400 && code <= 599 && code !== 401 ? code : 502;
}

function refuse(refusal: Refusal, grant: Grant, isWrite: boolean): Response {
  const error = refusalError(refusal, grant.requestId);
  const result: WriteResult = { outcome: 'refused', error };
  return answer(refusal.status, isWrite ? result : error);
}

/** A failed read: the API server's error with its own status; 502 when it could not be asked. */
function failed(failure: ApiException, grant: Grant): Response {
  const { error } = failure;
  const status = error.code >= 400 && error.code <= 599 ? error.code : 502;
  // 401 is ours alone: the browser would take the API server's for an ended session.
  return answer(status === 401 ? 502 : status, { requestId: grant.requestId, ...error });
}

const HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };
const answer = (status: number, json: unknown): Response =>
  new Response(JSON.stringify(json), { status, headers: HEADERS });
const bytes = (status: number, body: Uint8Array<ArrayBuffer>): Response =>
  new Response(body, { status, headers: HEADERS });
