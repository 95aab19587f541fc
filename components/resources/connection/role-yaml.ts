import type { MissingRight } from '#lib/resources/api-error.ts';

/**
 * The Role (or ClusterRole) and its binding that would be enough, to send to an administrator. Names are quoted as
 * JSON strings, which YAML takes as they are, so that no name can become another key.
 */
export function roleYaml(missing: readonly MissingRight[], user: string): string {
  const scopes = new Map<string, MissingRight[]>();
  for (const right of missing) scopes.set(right.namespace, [...(scopes.get(right.namespace) ?? []), right]);
  return [...scopes].map(([namespace, rights]) => pairYaml(namespace, rights, user)).join('---\n');
}

function pairYaml(namespace: string, rights: readonly MissingRight[], user: string): string {
  const kind = namespace === '' ? 'ClusterRole' : 'Role';
  const first = rights[0];
  const name = q(`${first?.resource ?? 'resources'}-reader`);
  const where = namespace === '' ? '' : `, namespace: ${q(namespace)}`;
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}
metadata: {name: ${name}${where}}
rules:
${rulesOf(rights).join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ${kind}Binding
metadata: {name: ${name}${where}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ${kind}, name: ${name}}
subjects:
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: ${q(user === '' ? 'the user' : user)}}
`;
}

function rulesOf(rights: readonly MissingRight[]): string[] {
  const verbs = new Map<string, { right: MissingRight; verbs: Set<string> }>();
  for (const right of rights) {
    const key = `${right.group}/${right.resource}`;
    const rule = verbs.get(key) ?? { right, verbs: new Set<string>() };
    rule.verbs.add(right.verb);
    verbs.set(key, rule);
  }
  return [...verbs.values()].map(
    ({ right, verbs: list }) =>
      `- apiGroups: [${q(right.group)}]\n  resources: [${q(right.resource)}]\n  verbs: [${[...list].map(q).join(', ')}]`,
  );
}

function q(text: string): string {
  return JSON.stringify(text);
}

/** 'list secrets in payments', 'list nodes at cluster scope', 'list deployments.apps in every namespace'. */
export function rightWords(right: MissingRight): string {
  const resource = right.group === '' ? right.resource : `${right.resource}.${right.group}`;
  return `${right.verb} ${resource} ${right.namespace === '' ? 'at cluster scope' : `in ${right.namespace}`}`;
}
