/** RBAC's guard: nobody gives rights in a role or a binding that they do not hold, unless they may escalate or bind. */
import { equal, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { Store } from '../../storage/store.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { forbidden, notFound } from '../meta/status.ts';
import { Authorizer, covers, type PolicyRule, toRule, type UserInfo } from './rbac.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Throws ApiError 403 when `value` would give more than `user` has. `before` is its stored state, if any. */
export function checkEscalation(
  store: Store,
  user: UserInfo,
  type: ResourceType,
  value: KubeObject,
  before?: KubeObject,
): void {
  if (type.group !== GROUP || user.groups.includes('system:masters')) return;
  const authorizer = new Authorizer(store);
  const isBinding = type.resource.endsWith('bindings');
  const sameGift = isBinding ? equal(before?.subjects, value.subjects) : equal(before?.rules, value.rules);
  if (before !== undefined && sameGift) return;
  const namespace = value.metadata.namespace ?? '';
  const { name } = value.metadata;
  const ref = object(value.roleRef);
  const target = isBinding
    ? { resource: ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles', name: text(ref.name) }
    : { resource: type.resource, name };
  const verb = isBinding ? 'bind' : 'escalate';
  if (authorizer.isAllowed(user, { verb, group: GROUP, subresource: '', namespace, ...target })) return;
  const rules = isBinding ? roleRules(store, target, namespace) : objects(value.rules);
  const held = authorizer.rulesFor(user, namespace);
  const missing = rules
    .map(toRule)
    .flatMap(single)
    .filter((rule) => !held.some((mine) => covers(mine, rule)));
  if (missing.length > 0) throw forbidden(type, name, words(user, missing));
}

function roleRules(
  store: Store,
  target: { resource: string; name: string },
  namespace: string,
): JsonObject[] {
  const key = `${target.resource}.${GROUP}`;
  const role = store.get(key, target.resource === 'roles' ? namespace : '', target.name);
  if (!role) throw notFound({ group: GROUP, resource: target.resource, kind: '' }, target.name);
  return objects(role.rules);
}

/** A rule as the rules it is made of, each with one verb, group, resource and name. */
function single(rule: PolicyRule): PolicyRule[] {
  const urls = rule.nonResourceURLs.flatMap((url) =>
    rule.verbs.map((verb) => ({ ...NOTHING, verbs: [verb], nonResourceURLs: [url] })),
  );
  const names = rule.resourceNames.length > 0 ? rule.resourceNames.map((name) => [name]) : [[]];
  const resources = rule.apiGroups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((resourceNames) => ({
          ...NOTHING,
          verbs: [verb],
          apiGroups: [group],
          resources: [resource],
          resourceNames,
        })),
      ),
    ),
  );
  return [...resources, ...urls];
}

const NOTHING: PolicyRule = {
  verbs: [],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
};

/** Lists as Go's %q prints them. Verbs over the same thing are told together, as the real one compacts rules. */
function words(user: UserInfo, missing: PolicyRule[]): string {
  const quoted = (list: string[]) => `[${list.map((item) => JSON.stringify(item)).join(' ')}]`;
  const byThing = new Map<string, string[]>();
  for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of missing) {
    const parts = Object.entries({
      APIGroups: apiGroups,
      Resources: resources,
      NonResourceURLs: nonResourceURLs,
      ResourceNames: resourceNames,
    })
      .filter(([, list]) => list.length > 0)
      .map(([title, list]) => `${title}:${quoted(list)}`);
    const thing = parts.join(', ');
    byThing.set(thing, [...(byThing.get(thing) ?? []), ...verbs]);
  }
  const lines = [...byThing].map(([thing, verbs]) => `{${thing}, Verbs:${quoted(verbs)}}`).sort();
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ');
  return `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`;
}
