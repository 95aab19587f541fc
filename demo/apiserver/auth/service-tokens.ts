/**
 * Tokens of service accounts: issued on request, signed by this process, good until they expire by the cluster's clock
 * or what they are bound to is gone. A token is a JWT with the claims of a real one.
 */
import { generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { array, at, isObject, type JsonObject, number, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { Store } from '../../storage/store.ts';
import { badRequest, conflict, type FieldFault, invalid, invalidValue, notFound } from '../meta/status.ts';
import type { UserInfo } from './rbac.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const DEFAULT_SECONDS = 3_600;
const LEAST_SECONDS = 600;
const MOST_SECONDS = 2 ** 32;
const REQUEST = { group: 'authentication.k8s.io', kind: 'TokenRequest' };

const encoded = (value: JsonObject) => Buffer.from(JSON.stringify(value)).toString('base64url');
const isoTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

interface Keys {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** What tokens may be bound to. */
const BOUND: Record<string, { resource: string; isNamespaced: boolean; claim: string }> = {
  Pod: { resource: 'pods', isNamespaced: true, claim: 'pod' },
  Secret: { resource: 'secrets', isNamespaced: true, claim: 'secret' },
  Node: { resource: 'nodes', isNamespaced: false, claim: 'node' },
};

export class ServiceAccountTokens {
  readonly #store: Store;
  readonly #clock: Clock;
  #keys: Keys | undefined;

  constructor({ store, clock }: { store: Store; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The answer to a TokenRequest for an account. Throws ApiError 400, 404, 409 or 422. */
  issue(namespace: string, name: string, body: JsonObject): JsonObject {
    const metadata = object(body.metadata);
    for (const [key, value] of Object.entries({ name, namespace })) {
      const given = text(metadata[key]);
      if (given !== '' && given !== value)
        throw invalid(REQUEST, name, [
          invalidValue(`metadata.${key}`, given, `must match the service account ${key} if specified`),
        ]);
    }
    const account = this.#store.get('serviceaccounts', namespace, name);
    if (!account) throw notFound({ group: '', resource: 'serviceaccounts', kind: 'ServiceAccount' }, name);
    const spec = object(body.spec);
    const seconds = number(spec.expirationSeconds, DEFAULT_SECONDS);
    const faults = expirationFaults(seconds);
    if (faults.length > 0) throw invalid(REQUEST, '', faults);
    const given = array(spec.audiences).map(String);
    const audiences = given.length > 0 ? given : [ISSUER];
    const reference = isObject(spec.boundObjectRef) ? spec.boundObjectRef : undefined;
    const bound = reference ? this.#bound(account, reference) : {};
    const nowMs = this.#clock.now();
    const token = this.#signed(account, audiences, seconds, bound);
    return {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid: account.metadata.uid, creationTimestamp: isoTime(nowMs) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: reference ?? null },
      status: { token, expirationTimestamp: isoTime(nowMs + seconds * 1_000) },
    };
  }

  /** Who a token speaks for, or undefined when it is none of ours, has expired, or speaks for nobody any more. */
  user(token: string): UserInfo | undefined {
    const [head = '', payload = '', signature = '', ...rest] = token.split('.');
    if (!this.#keys || signature === '' || rest.length > 0) return undefined;
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const isOurs = verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      key,
      Buffer.from(signature, 'base64url'),
    );
    if (!isOurs) return undefined;
    const claims = object(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    if (number(claims.exp) * 1_000 <= this.#clock.now() || !array(claims.aud).includes(ISSUER))
      return undefined;
    const own = object(claims['kubernetes.io']);
    return this.#stands(own) ? userOf(claims, own) : undefined;
  }

  #stands(own: JsonObject): boolean {
    const namespace = text(own.namespace);
    const isThere = (resource: string, where: string, claim: unknown) =>
      this.#store.get(resource, where, text(at(claim, 'name')))?.metadata.uid === at(claim, 'uid');
    if (!isThere('serviceaccounts', namespace, own.serviceaccount)) return false;
    // The node of a bound pod is told, not asked after.
    return Object.values(BOUND).every(
      ({ resource, isNamespaced, claim }) =>
        own[claim] === undefined ||
        (claim === 'node' && own.pod !== undefined) ||
        isThere(resource, isNamespaced ? namespace : '', own[claim]),
    );
  }

  #bound(account: KubeObject, reference: JsonObject): JsonObject {
    const kind = text(reference.kind);
    const known =
      Object.hasOwn(BOUND, kind) && text(reference.apiVersion, 'v1') === 'v1' ? BOUND[kind] : undefined;
    if (!known)
      throw badRequest(`cannot bind token to object of type ${text(reference.apiVersion)}, Kind=${kind}`);
    const { namespace = '', name: accountName } = account.metadata;
    const name = text(reference.name);
    const found = this.#store.get(known.resource, known.isNamespaced ? namespace : '', name);
    if (!found) throw notFound({ group: '', resource: known.resource, kind }, name);
    if (kind === 'Pod' && at(found, 'spec', 'serviceAccountName') !== accountName)
      throw badRequest(
        `cannot bind token for serviceaccount "${accountName}" to pod running with different serviceaccount name.`,
      );
    const { uid } = found.metadata;
    if (text(reference.uid) !== '' && reference.uid !== uid)
      throw conflict(
        { ...REQUEST, resource: 'TokenRequest' },
        name,
        `the UID in the bound object reference (${text(reference.uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
      );
    const node =
      kind === 'Pod' ? this.#store.get('nodes', '', text(at(found, 'spec', 'nodeName'))) : undefined;
    return {
      [known.claim]: { name, uid },
      ...(node ? { node: { name: node.metadata.name, uid: node.metadata.uid } } : {}),
    };
  }

  #signed(account: KubeObject, audiences: string[], seconds: number, bound: JsonObject): string {
    this.#keys ??= generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { name, namespace, uid } = account.metadata;
    const now = Math.floor(this.#clock.now() / 1_000);
    const claims = {
      aud: audiences,
      exp: now + seconds,
      iat: now,
      iss: ISSUER,
      jti: randomUUID(),
      'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid } },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    const unsigned = `${encoded({ alg: 'ES256', kid: 'demo' })}.${encoded(claims)}`;
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${unsigned}.${sign('sha256', Buffer.from(unsigned), key).toString('base64url')}`;
  }
}

function expirationFaults(seconds: number): FieldFault[] {
  const field = 'spec.expirationSeconds';
  if (seconds < LEAST_SECONDS)
    return [invalidValue(field, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > MOST_SECONDS)
    return [invalidValue(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

function userOf(claims: JsonObject, own: JsonObject): UserInfo {
  const namespace = text(own.namespace);
  const extra: Record<string, string[]> = {
    'authentication.kubernetes.io/credential-id': [`JTI=${text(claims.jti)}`],
  };
  for (const claim of ['pod', 'node'])
    if (isObject(own[claim])) {
      extra[`authentication.kubernetes.io/${claim}-name`] = [text(at(own, claim, 'name'))];
      extra[`authentication.kubernetes.io/${claim}-uid`] = [text(at(own, claim, 'uid'))];
    }
  return {
    username: text(claims.sub),
    uid: text(at(own, 'serviceaccount', 'uid')),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra,
  };
}
