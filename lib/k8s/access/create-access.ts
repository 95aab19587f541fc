import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import type { Clock } from '../client/clock.ts';
import { apiError } from '../client/errors.ts';
import type { KubernetesClient } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import { plainText } from '../client/plain-text.ts';
import type { Access, Decision, Right, Scope } from './access.ts';
import { createReviewCache } from './review-cache.ts';

type Client = Pick<KubernetesClient, 'request' | 'cluster'>;

const USER_VERSIONS = ['v1', 'v1beta1'];
const TIMEOUT_MS = 10_000;

/** Access by the API server's own reviews, as the identity of `client`. */
export function createAccess(parts: { readonly client: Client; readonly clock: Clock }): Access {
  const { client, clock } = parts;
  const reviews = createReviewCache(clock, (right) => reviewed(client, right));

  async function missingIn(type: ResourceType, namespace: string): Promise<readonly MissingRight[]> {
    const rights = readingVerbs(type).map((verb) => rightTo(verb, type, namespace));
    const decisions = await Promise.all(rights.map((right) => reviews.decide(right)));
    const failed = decisions.find((decision) => decision.error !== undefined);
    if (failed?.error !== undefined) throw new ApiException(failed.error);
    return rights.filter((_, index) => decisions[index]?.allowed !== true);
  }

  return {
    user: () => whoAmI(client),
    review: (right) => reviews.decide(right),
    async scopeOf(type, namespaces): Promise<Scope> {
      const missing = await missingIn(type, '');
      if (missing.length === 0) return { kind: 'cluster' };
      if (type.scope === 'Cluster') return { kind: 'namespaces', readable: [], missing };
      const own = client.cluster.namespace === '' ? 'default' : client.cluster.namespace;
      const asked = namespaces.length > 0 ? [...new Set(namespaces)] : [own];
      const lacking = await Promise.all(asked.map((namespace) => missingIn(type, namespace)));
      // Nobody asked for the own namespace: what is missing for the whole answer is the cluster-wide right.
      return {
        kind: 'namespaces',
        readable: asked.filter((_, index) => lacking[index]?.length === 0),
        missing: namespaces.length > 0 ? lacking.flat() : missing,
      };
    },
  };
}

function readingVerbs(type: ResourceType): readonly string[] {
  return type.verbs.includes('watch') ? ['list', 'watch'] : ['list'];
}

function rightTo(verb: string, type: ResourceType, namespace: string): MissingRight {
  return { verb, group: type.group, resource: type.resource, namespace };
}

async function reviewed(client: Client, right: Right): Promise<Decision> {
  const resourceAttributes = {
    verb: right.verb,
    group: right.group,
    resource: right.resource,
    namespace: right.namespace,
    ...(right.subresource !== undefined && { subresource: right.subresource }),
    ...(right.name !== undefined && { name: right.name }),
  };
  try {
    const status = await post(client, 'authorization.k8s.io/v1', 'SelfSubjectAccessReview', {
      resourceAttributes,
    });
    // Only a plain `true` is a yes, whatever else an answer may hold.
    const isAllowed = status.allowed === true && status.denied !== true;
    return { allowed: isAllowed, reason: reasonOf(status) };
  } catch (failure) {
    const error = errorOf(failure);
    return { allowed: false, reason: error.message, error };
  }
}

function reasonOf(status: Readonly<Record<string, unknown>>): string {
  const said = [status.reason, status.evaluationError].filter(
    (part) => typeof part === 'string' && part !== '',
  );
  return plainText(said.join(' '), 500);
}

async function whoAmI(
  client: Client,
): Promise<{ readonly name: string; readonly groups: readonly string[] } | null> {
  for (const version of USER_VERSIONS) {
    try {
      const status = await post(client, `authentication.k8s.io/${version}`, 'SelfSubjectReview', undefined);
      const { username, groups } = fieldsOf(status.userInfo);
      if (typeof username !== 'string') return null;
      const names = Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [];
      return { name: plainText(username, 300), groups: names.map((group) => plainText(group, 300)) };
    } catch (failure) {
      if (!(failure instanceof ApiException) || failure.error.code !== 404) throw failure;
    }
  }
  return null;
}

/** Creates a review; gives the status of the answer. */
async function post(
  client: Client,
  groupVersion: string,
  kind: string,
  spec: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await client.request({
    method: 'POST',
    path: `/apis/${groupVersion}/${kind.toLowerCase()}s`,
    contentType: 'application/json',
    body: JSON.stringify({ apiVersion: groupVersion, kind, spec }),
    timeoutMs: TIMEOUT_MS,
  });
  return fieldsOf(fieldsOf(answer.json()).status);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function errorOf(failure: unknown): ApiError {
  if (failure instanceof ApiException) return failure.error;
  return apiError({ reason: 'InvalidAnswer', message: plainText(String(failure), 200) });
}
