/** Reviews: may I (SelfSubjectAccessReview), what may I (SelfSubjectRulesReview), who am I, and may someone else. */
import { array, type JsonObject, object, text } from '../../base/json.ts';
import { invalid, invalidValue } from '../meta/status.ts';
import type { Attributes, Authorizer, PolicyRule, UserInfo } from './rbac.ts';

function decide(
  authorizer: Authorizer,
  user: UserInfo,
  kind: string,
  spec: JsonObject,
  namespace: string,
): JsonObject {
  if ((spec.nonResourceAttributes === undefined) === (spec.resourceAttributes === undefined)) {
    const words = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const fault = invalidValue('spec.resourceAttributes', spec.resourceAttributes ?? null, words);
    throw invalid({ group: 'authorization.k8s.io', kind }, '', [fault]);
  }
  if (spec.nonResourceAttributes !== undefined) {
    const { path, verb } = object(spec.nonResourceAttributes);
    return { allowed: authorizer.isPathAllowed(user, text(verb), text(path)) };
  }
  const given = object(spec.resourceAttributes);
  const wanted: Attributes = {
    verb: text(given.verb),
    group: text(given.group),
    resource: text(given.resource),
    subresource: text(given.subresource),
    namespace: namespace || text(given.namespace),
    name: text(given.name),
  };
  return { allowed: authorizer.isAllowed(user, wanted) };
}

const words = (value: unknown): string[] =>
  array(value).filter((item): item is string => typeof item === 'string');

/** The answer to a posted review, or undefined when the kind is none of these. */
export function review(
  authorizer: Authorizer,
  user: UserInfo,
  resource: string,
  body: JsonObject,
  namespace: string,
  now: string,
): JsonObject | undefined {
  const spec = object(body.spec);
  switch (resource) {
    case 'selfsubjectaccessreviews':
      return {
        ...body,
        metadata: object(body.metadata),
        spec,
        status: decide(authorizer, user, text(body.kind), spec, ''),
      };
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews': {
      const other = { username: text(spec.user), groups: words(spec.groups) };
      return {
        ...body,
        metadata: object(body.metadata),
        spec,
        status: decide(authorizer, other, text(body.kind), spec, namespace),
      };
    }
    case 'selfsubjectrulesreviews':
      return {
        ...body,
        metadata: {},
        spec: {},
        status: rulesStatus(authorizer.rulesFor(user, text(spec.namespace))),
      };
    case 'selfsubjectreviews':
      return { ...body, metadata: { creationTimestamp: now }, status: { userInfo: user } };
    default:
      return undefined;
  }
}

function rulesStatus(rules: PolicyRule[]): JsonObject {
  return {
    resourceRules: rules
      .filter((rule) => rule.resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames.length > 0 ? { resourceNames } : {}),
      })),
    nonResourceRules: rules
      .filter((rule) => rule.nonResourceURLs.length > 0)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
