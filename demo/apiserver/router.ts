/** From one authenticated, authorised request to its answer. Streams (watch, follow) are started here, the rest is returned. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../base/json.ts';
import { isObject, object } from '../base/json.ts';
import type { Pod } from '../base/types.ts';
import { readDescriptionFacts } from '../facts/facts.ts';
import type { Store } from '../storage/store.ts';
import type { Usage } from '../usage/usage.ts';
import { actingUser } from './auth/impersonation.ts';
import type { UserInfo } from './auth/rbac.ts';
import { type Authorizer, refusal } from './auth/rbac.ts';
import { review } from './auth/reviews.ts';
import type { ServiceAccountTokens } from './auth/service-tokens.ts';
import { readLogOptions } from './connect/log-options.ts';
import { LogStream } from './connect/log-stream.ts';
import { type ConnectionSubject, PodConnection } from './connect/pod-connection.ts';
import { chooseContainer } from './connect/pod-container.ts';
import { aggregated, apiVersions, group, groupList, resourceList, SERVED_SUBRESOURCES } from './discovery.ts';
import { healthText, VERSION } from './health.ts';
import { ListStream } from './list-stream.ts';
import type { ResourceType } from './meta/kinds.ts';
import { type Media, mediaType, negotiate, wantsAggregatedDiscovery } from './meta/negotiate.ts';
import type { RequestInfo } from './meta/request-info.ts';
import { scaleOf } from './meta/scale.ts';
import {
  ApiError,
  badRequest,
  forbidden,
  methodNotAllowed,
  notFound,
  unknownResource,
} from './meta/status.ts';
import { openApiDocument, openApiIndex, openApiV2 } from './openapi.ts';
import { parseBody, readBody } from './rest/body.ts';
import { isoTime, type Machinery } from './rest/context.ts';
import { readFilter } from './rest/fields.ts';
import { untilSeen } from './rest/freshness.ts';
import { checkIncludeObject, type ListOptions, readListOptions, readRevision } from './rest/list-options.ts';
import { listPage } from './rest/lister.ts';
import { isMetrics, metricsText, nodeProxy } from './rest/metrics.ts';
import type { Mutations, Outcome } from './rest/mutations.ts';
import { listText, singleText } from './rest/represent.ts';
import { WatchStream } from './rest/watch.ts';
import { type ProtobufDecoder, protobufMessage } from './schema/protobuf.ts';
import type { TablePrinter } from './table/printer.ts';

export interface Answer {
  code: number;
  body: string | Buffer;
  contentType: string;
  headers: Record<string, string | string[]>;
}

export interface RouterParts {
  machinery: Machinery;
  authorizer: Authorizer;
  mutations: Mutations;
  table: TablePrinter;
  protobuf: ProtobufDecoder;
  usage: Usage;
  accounts: ServiceAccountTokens;
  /** Tells a kubelet that the program of a container has exited. */
  endContainer: ConnectionSubject['endContainer'];
  /** What this server has seen of the cluster: reads that allow older data are answered from it. */
  seen: () => Store;
  /** host:port, for discovery. */
  address: () => string;
}

export type Routed = Answer | ListStream | WatchStream | LogStream | PodConnection;

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  info: RequestInfo;
  user: UserInfo;
}

const JSON_TYPE = 'application/json';
const json = (body: unknown, code = 200): Answer => ({
  code,
  body: JSON.stringify(body),
  contentType: JSON_TYPE,
  headers: {},
});
const plain = (body: string, code = 200): Answer => ({
  code,
  body,
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-content-type-options': 'nosniff' },
});

const READ_WHOLE = new Set(['status', 'ephemeralcontainers']); // subresources that are the object itself
const REVIEWS = new Set(['authorization.k8s.io', 'authentication.k8s.io']);

export class Router {
  readonly #parts: RouterParts;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  /** Answers, or returns the stream to start. Throws ApiError. */
  async route(given: Exchange): Promise<Routed> {
    const { info, request } = given;
    const user = actingUser(this.#parts.authorizer, given.user, request.headers, request.rawHeaders);
    const exchange = { ...given, user };
    if (!info.isResource) return this.#path(exchange);
    if (exchange.request.method === 'HEAD') throw methodNotAllowed();
    const type = this.#parts.machinery.kinds.find(info.group, info.version, info.resource);
    this.#authorize(info, user);
    if (!type && !this.#parts.machinery.kinds.groups().has(info.group))
      return plain('404 page not found\n', 404);
    if (!type) throw unknownResource();
    if (REVIEWS.has(type.group)) return this.#review(exchange, type);
    if (info.name === '' && info.namespace === '' && type.namespaced && info.verb === 'create')
      throw methodNotAllowed();
    if (!type.namespaced && info.namespace !== '' && type.key !== 'namespaces') throw unknownResource();
    if (type.key === 'pods' && info.subresource === 'log') return this.#log(info, type);
    if (type.key === 'pods' && (info.subresource === 'exec' || info.subresource === 'attach'))
      return this.#connect(exchange, info.subresource, type);
    if (type.key === 'nodes' && info.subresource === 'proxy')
      return { ...nodeProxy(this.#parts.usage, type, info), headers: {} };
    if (type.key === 'serviceaccounts' && info.subresource === 'token') return this.#token(exchange);
    if (isMetrics(type)) return this.#metrics(exchange, type);
    switch (info.verb) {
      case 'get':
        return this.#get(exchange, type);
      case 'list':
        return this.#list(exchange, type);
      case 'watch':
        return this.#watch(exchange, type);
      default:
        return this.#mutate(exchange, type);
    }
  }

  async #metrics({ info, request }: Exchange, type: ResourceType): Promise<Answer> {
    const media = negotiate(request.headers.accept);
    checkIncludeObject(info.query);
    const { usage, table } = this.#parts;
    return this.#text(metricsText(usage, table, type, info, media), media);
  }

  #authorize(info: RequestInfo, user: UserInfo): void {
    // Clients select one object by field; then its name counts for the rules, as in the real request filter.
    const selected = /^metadata\.name=([^,]+)$/.exec(info.query.get('fieldSelector') ?? '')?.[1];
    const wanted = {
      ...info,
      name: info.name || (['list', 'watch'].includes(info.verb) ? (selected ?? '') : ''),
    };
    if (this.#parts.authorizer.isAllowed(user, wanted)) return;
    const type = { group: info.group, resource: info.resource, kind: '' };
    throw forbidden(type, info.name, refusal(user, wanted));
  }

  #path({ info, user, request }: Exchange): Answer {
    const { path, query } = info;
    if (!this.#parts.authorizer.isPathAllowed(user, info.verb, path)) {
      throw new ApiError(
        403,
        'Forbidden',
        `forbidden: User "${user.username}" cannot ${info.verb} path "${path}"`,
        {},
      );
    }
    if (info.verb !== 'get' && info.verb !== 'head') throw methodNotAllowed();
    const health = healthText(path, query);
    if (health !== undefined) return plain(health);
    if (path === '/version' || path === '/version/') return json(VERSION);
    return (
      this.#discovery(path, request.headers.accept, request.headers['if-none-match']) ??
      plain('404 page not found\n', 404)
    );
  }

  #discovery(path: string, accept: string | undefined, knownTag: string | undefined): Answer | undefined {
    const { kinds, schemas } = this.#parts.machinery;
    const clean = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    if (clean === '/api' || clean === '/apis') {
      const version = wantsAggregatedDiscovery(accept);
      if (version) {
        const { body, etag } = aggregated(kinds, clean === '/api', version);
        const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
        const isKnown = knownTag === etag;
        const headers = { etag, vary: 'Accept', 'cache-control': 'public' };
        return { code: isKnown ? 304 : 200, body: isKnown ? '' : JSON.stringify(body), contentType, headers };
      }
      return json(clean === '/api' ? apiVersions(this.#parts.address()) : groupList(kinds));
    }
    const [, root = '', first = '', second = ''] = clean.split('/');
    const parts = clean.split('/').length;
    if (clean === '/openapi/v2') return { code: 200, ...openApiV2(accept), headers: {} };
    if (clean === '/openapi/v3') return json(openApiIndex(kinds));
    let found: JsonObject | undefined;
    if (clean.startsWith('/openapi/v3/'))
      found = openApiDocument(
        { kinds, schemas, descriptions: readDescriptionFacts },
        clean.slice('/openapi/v3/'.length),
      );
    else if (root === 'api' && parts === 3) found = resourceList(kinds, '', first);
    else if (root === 'apis' && parts === 3) found = group(kinds, first);
    else if (root === 'apis' && parts === 4) found = resourceList(kinds, first, second);
    else if (clean === '/')
      found = { paths: ['/api', '/apis', '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'] };
    // Below a group that exists an unknown version is an answer of that group's own handler.
    if (!found && root === 'apis' && parts === 4 && kinds.groups().has(first)) throw unknownResource();
    return found && json(found);
  }

  async #review({ request, info, user }: Exchange, type: ResourceType): Promise<Answer> {
    if (info.verb !== 'create') throw methodNotAllowed();
    const { raw, contentType } = await this.#readBody(request);
    const body = await parseBody(raw, mediaType(contentType) === 'application/yaml');
    if (!isObject(body)) throw badRequest('the object provided is unrecognized');
    const now = isoTime(this.#parts.machinery.clock.now());
    const full = { kind: type.kind, apiVersion: type.apiVersion, ...body };
    const answer = review(this.#parts.authorizer, user, type.resource, full, info.namespace, now);
    if (!answer) throw unknownResource();
    return json(answer, 201);
  }

  async #token({ request, info }: Exchange): Promise<Answer> {
    if (info.verb !== 'create') throw methodNotAllowed();
    const { raw, contentType } = await this.#readBody(request);
    const body = await parseBody(raw, mediaType(contentType) === 'application/yaml');
    return json(this.#parts.accounts.issue(info.namespace, info.name, object(body)), 201);
  }

  #log(info: RequestInfo, type: ResourceType): Answer | LogStream {
    if (info.verb !== 'get') throw methodNotAllowed();
    const { store, clock } = this.#parts.machinery;
    const options = readLogOptions(info.name, info.query);
    const pod = store.get('pods', info.namespace, info.name) as Pod | undefined;
    if (!pod) throw notFound(type, info.name);
    const stream = pod.spec.nodeName ? new LogStream({ store, clock, pod, options }) : undefined;
    if (stream) return stream;
    chooseContainer(pod, options.container);
    return { code: 204, body: '', contentType: '', headers: {} };
  }

  #connect(
    { info, user, request }: Exchange,
    subresource: 'exec' | 'attach',
    type: ResourceType,
  ): PodConnection {
    if (info.verb !== 'get' && info.verb !== 'create') throw methodNotAllowed();
    // A WebSocket comes as a GET, but to run a program is more than to read.
    if (!this.#parts.authorizer.isAllowed(user, { ...info, verb: 'create' }))
      throw forbidden(type, info.name, '');
    const { store, clock } = this.#parts.machinery;
    const pod = store.get('pods', info.namespace, info.name) as Pod | undefined;
    if (!pod) throw notFound(type, info.name);
    const { endContainer } = this.#parts;
    return new PodConnection({ store, clock, pod, subresource, query: info.query, endContainer }, request);
  }

  async #get({ info, request }: Exchange, type: ResourceType): Promise<Answer> {
    const store = await this.#storeFor(readRevision(info.query.get('resourceVersion') ?? '', true));
    if (info.subresource !== '' && !SERVED_SUBRESOURCES.has(info.subresource)) throw unknownResource();
    const found = store.get(type.key, type.namespaced ? info.namespace : '', info.name);
    if (!found) throw notFound(type, info.name);
    if (info.subresource === 'scale') {
      const scale = scaleOf(type, found);
      if (!scale) throw unknownResource();
      return json(scale);
    }
    if (
      info.subresource !== '' &&
      !type.subresources.some(({ name }) => name === info.subresource && READ_WHOLE.has(name))
    )
      throw unknownResource();
    const media = negotiate(request.headers.accept);
    return this.#text(singleText(type, found, media, this.#parts.table, info.query), media);
  }

  /** Without a revision the present state is read; any other is answered from what this server has seen by then. */
  async #storeFor(revision: number | undefined): Promise<Store> {
    if (revision === undefined) return this.#parts.machinery.store;
    const store = this.#parts.seen();
    await untilSeen(store, revision);
    return store;
  }

  /** One exact revision is read from the cluster's store, and so is what follows a first page. */
  async #storeForList({ match, resourceVersion, continueToken }: ListOptions): Promise<Store> {
    if (match !== 'Exact' && continueToken === '') return this.#storeFor(resourceVersion);
    const { store } = this.#parts.machinery;
    if (continueToken === '') await untilSeen(store, resourceVersion ?? 0);
    return store;
  }

  async #list({ info, request }: Exchange, type: ResourceType): Promise<Answer | ListStream> {
    if (!type.verbs.includes('list')) throw methodNotAllowed();
    const media = negotiate(request.headers.accept);
    checkIncludeObject(info.query);
    const options = readListOptions(info.query);
    const page = listPage(
      await this.#storeForList(options),
      type,
      info.namespace,
      options,
      readFilter(type, info.query),
    );
    return (
      ListStream.of(type, page, media) ??
      this.#text(listText(type, page, media, this.#parts.table, info.query), media)
    );
  }

  #watch({ info, request, response }: Exchange, type: ResourceType): WatchStream {
    if (!type.verbs.includes('watch')) throw methodNotAllowed();
    const media = negotiate(request.headers.accept);
    const { table, machinery } = this.#parts;
    const options = readListOptions(info.query);
    const stream = new WatchStream(
      {
        store: this.#parts.seen(),
        fresh: options.resourceVersion ?? machinery.store.revision,
        type,
        namespace: info.namespace,
        options,
        filter: readFilter(type, info.query),
        media: media.as === 'PartialObjectMetadataList' ? { ...media, as: 'PartialObjectMetadata' } : media,
        includeObject: info.query.get('includeObject') ?? 'Metadata',
        table,
      },
      response,
    );
    return stream;
  }

  async #mutate({ info, request, user }: Exchange, type: ResourceType): Promise<Answer> {
    const media = negotiate(request.headers.accept);
    const collection = info.name === '' && (info.verb === 'update' || info.verb === 'patch');
    if (collection || !type.verbs.includes(info.verb)) throw methodNotAllowed();
    const outcome = await this.#parts.mutations.handle({
      info,
      type,
      user,
      userAgent: request.headers['user-agent'] ?? '',
      ...(await this.#readBody(request)),
    });
    return this.#outcome(outcome, type, media, info.query);
  }

  /** The body, in JSON or YAML: what came as protobuf is written as JSON. */
  async #readBody(request: IncomingMessage): Promise<{ raw: Buffer; contentType: string | undefined }> {
    const raw = await readBody(request);
    const contentType = request.headers['content-type'];
    if (raw.length === 0 || mediaType(contentType) !== 'application/vnd.kubernetes.protobuf')
      return { raw, contentType };
    const { schemas } = this.#parts.machinery;
    const decoded = this.#parts.protobuf.decode(raw, (apiVersion, kind) =>
      protobufMessage(schemas, apiVersion, kind),
    );
    return { raw: Buffer.from(JSON.stringify(decoded)), contentType: JSON_TYPE };
  }

  async #outcome(
    outcome: Outcome,
    type: ResourceType,
    media: Media,
    query: URLSearchParams,
  ): Promise<Answer> {
    const { table, machinery } = this.#parts;
    const whole: Media = { ...media, as: media.as === 'PartialObjectMetadataList' ? 'object' : media.as };
    let body: string;
    if (outcome.items)
      body = listText(
        type,
        { items: outcome.items, resourceVersion: String(machinery.store.revision) },
        whole,
        table,
        query,
      );
    else if (outcome.object) body = singleText(type, outcome.object, whole, table, query);
    else body = JSON.stringify(object(outcome.document));
    const answer = { ...(await this.#text(body, media)), code: outcome.code };
    if (outcome.warnings.length > 0) answer.headers = { warning: outcome.warnings.slice(0, 20).map(warning) };
    return answer;
  }

  async #text(body: string, media: Media): Promise<Answer> {
    if (!media.isYaml) return { code: 200, body, contentType: JSON_TYPE, headers: {} };
    const { stringify } = await import('yaml');
    return {
      code: 200,
      body: stringify(JSON.parse(body), { sortMapEntries: true }),
      contentType: 'application/yaml',
      headers: {},
    };
  }
}

/** RFC 7234 warning 299; what a header may not carry is replaced. */
function warning(message: string): string {
  const clean = message.replace(/[^\x20-\x7e]/g, '?').replace(/[\\"]/g, '\\$&');
  return `299 - "${clean.slice(0, 1_000)}"`;
}
