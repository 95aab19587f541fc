/** The RBAC authoriser over the Roles and bindings in the store, and the reviews that ask it about oneself. */
import { array, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { Store } from '../../storage/store.ts';

export interface UserInfo {
  username: string;
  groups: string[];
  extra?: Record<string, string[]>;
}

export interface Attributes {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
}

export interface PolicyRule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames: string[];
  nonResourceURLs: string[];
}

const words = (value: unknown): string[] =>
  array(value).filter((item): item is string => typeof item === 'string');

export function toRule(rule: JsonObject): PolicyRule {
  return {
    verbs: words(rule.verbs),
    apiGroups: words(rule.apiGroups),
    resources: words(rule.resources),
    resourceNames: words(rule.resourceNames),
    nonResourceURLs: words(rule.nonResourceURLs),
  };
}

function isSubject(binding: JsonObject, user: UserInfo, namespace: string): boolean {
  return objects(binding.subjects).some((subject) => {
    if (subject.kind === 'User') return subject.name === user.username;
    if (subject.kind === 'Group') return user.groups.includes(text(subject.name));
    const account = `system:serviceaccount:${text(subject.namespace, namespace)}:${text(subject.name)}`;
    return subject.kind === 'ServiceAccount' && user.username === account;
  });
}

/** Whom no rule has to allow anything. */
const isMaster = (user: UserInfo) => user.groups.includes('system:masters');

export class Authorizer {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  isAllowed(user: UserInfo, wanted: Attributes): boolean {
    return isMaster(user) || this.rulesFor(user, wanted.namespace).some((rule) => allows(rule, wanted));
  }

  isPathAllowed(user: UserInfo, verb: string, path: string): boolean {
    if (isMaster(user)) return true;
    return this.rulesFor(user, '').some(
      (rule) =>
        has(rule.verbs, verb) &&
        rule.nonResourceURLs.some(
          (url) => url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
        ),
    );
  }

  /** Cluster-wide rules, and those of the namespace when one is given. */
  rulesFor(user: UserInfo, namespace: string): PolicyRule[] {
    const rules: PolicyRule[] = [];
    for (const binding of this.#store.list('clusterrolebindings.rbac.authorization.k8s.io')) {
      if (isSubject(binding, user, '')) rules.push(...this.#roleRules(object(binding.roleRef), ''));
    }
    if (namespace === '') return rules;
    for (const binding of this.#store.list('rolebindings.rbac.authorization.k8s.io', namespace)) {
      if (isSubject(binding, user, namespace))
        rules.push(...this.#roleRules(object(binding.roleRef), namespace));
    }
    return rules;
  }

  #roleRules(ref: JsonObject, namespace: string): PolicyRule[] {
    const role =
      ref.kind === 'ClusterRole'
        ? this.#store.get('clusterroles.rbac.authorization.k8s.io', '', text(ref.name))
        : this.#store.get('roles.rbac.authorization.k8s.io', namespace, text(ref.name));
    return objects(role?.rules).map(toRule);
  }
}

const has = (list: string[], word: string) => list.includes('*') || list.includes(word);

function allows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb) || !has(rule.apiGroups, wanted.group)) return false;
  const full = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : wanted.resource;
  const isResource = rule.resources.some(
    (name) =>
      name === '*' || name === full || (wanted.subresource !== '' && name === `*/${wanted.subresource}`),
  );
  return isResource && (rule.resourceNames.length === 0 || rule.resourceNames.includes(wanted.name));
}

/** Whether a rule gives all that another one, of one verb and one thing, gives. */
export function covers(mine: PolicyRule, wanted: PolicyRule): boolean {
  const [verb = '', group = '', resource = '', url] = [
    wanted.verbs[0],
    wanted.apiGroups[0],
    wanted.resources[0],
    wanted.nonResourceURLs[0],
  ];
  if (!has(mine.verbs, verb)) return false;
  if (url !== undefined)
    return mine.nonResourceURLs.some(
      (item) => item === url || (item.endsWith('*') && url.startsWith(item.slice(0, -1))),
    );
  const [, subresource] = resource.split('/');
  const isResource =
    has(mine.resources, resource) ||
    (subresource !== undefined && mine.resources.includes(`*/${subresource}`));
  const isName =
    mine.resourceNames.length === 0 ||
    (wanted.resourceNames[0] !== undefined && mine.resourceNames.includes(wanted.resourceNames[0]));
  return has(mine.apiGroups, group) && isResource && isName;
}

/** The refusal's words behind "… is forbidden: ". */
export function refusal(user: UserInfo, wanted: Attributes): string {
  const full = wanted.subresource ? `${wanted.resource}/${wanted.subresource}` : wanted.resource;
  const scope = wanted.namespace ? `in the namespace "${wanted.namespace}"` : 'at the cluster scope';
  return `User "${user.username}" cannot ${wanted.verb} resource "${full}" in API group "${wanted.group}" ${scope}`;
}
