import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rightWords, roleYaml } from './role-yaml.ts';

const LINES = 15;
const right = (verb: string, resource: string, namespace: string) => ({
  verb,
  group: '',
  resource,
  namespace,
});

describe('the Role that would be enough', () => {
  it('asks for the missing verbs and no more, in their namespace', () => {
    const yaml = roleYaml(
      [right('list', 'secrets', 'payments'), right('watch', 'secrets', 'payments')],
      'alice',
    );
    expect(yaml.split('---\n')[0]).toBe(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: "secrets-reader", namespace: "payments"}
rules:
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["list", "watch"]
`);
    expect(yaml).toContain('name: "alice"}');
  });

  it('is a ClusterRole at cluster scope', () => {
    expect(roleYaml([right('list', 'nodes', '')], 'a')).toContain('kind: ClusterRoleBinding');
    expect(rightWords(right('list', 'nodes', ''))).toBe('list nodes at cluster scope');
  });

  it('stays one Role whatever the user is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (user) => {
        const lines = roleYaml([right('list', 'pods', 'shop')], user).split('\n');
        expect(lines.filter((line) => line.startsWith('kind: '))).toEqual([
          'kind: Role',
          'kind: RoleBinding',
        ]);
        expect(lines).toHaveLength(LINES);
      }),
    );
  });
});
