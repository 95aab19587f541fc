import { describe, expect, it } from 'vitest';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { familyLabel, familySections } from './families.ts';
import { kindPlural, kindWords } from './kind-label.ts';

const type = (kind: string, resource: string, group = '', custom = false): ResourceType => ({
  group,
  version: 'v1',
  resource,
  kind,
  scope: 'Namespaced',
  verbs: ['list'],
  shortNames: [],
  categories: [],
  subresources: [],
  custom,
});

const TYPES = [
  type('Event', 'events', 'events.k8s.io'),
  type('Event', 'events'),
  type('Pod', 'pods'),
  type('Deployment', 'deployments', 'apps'),
  type('ControllerRevision', 'controllerrevisions', 'apps'),
  type('Node', 'nodes'),
  type('Secret', 'secrets'),
  type('NetworkPolicy', 'networkpolicies', 'networking.k8s.io'),
  type('Certificate', 'certificates', 'cert-manager.io', true),
  type('FlowSchema', 'flowschemas', 'flowcontrol.apiserver.k8s.io'),
];

describe('families of kinds', () => {
  it('come from what is served, in the order of the sidebar, empty ones left out', () => {
    expect(familySections(TYPES).map((section) => section.id)).toEqual([
      'workloads',
      'nodes',
      'networking',
      'configuration',
      'custom',
      'events',
    ]);
  });

  it('put known kinds first, others of the family after them, and custom ones under their group', () => {
    const sections = familySections(TYPES);
    const labels = (id: string) =>
      sections
        .find((section) => section.id === id)
        ?.groups.flatMap((group) => group.items.map((item) => item.label));
    expect(labels('workloads')).toEqual(['Deployments', 'Pods', 'ControllerRevisions']);
    expect(labels('configuration')).toEqual(['Secrets', 'FlowSchemas']);
    expect(sections.find((section) => section.id === 'custom')?.groups[0]?.label).toBe('cert-manager.io');
    expect(familyLabel(TYPES, 'pods')).toBe('Workloads');
    expect(familyLabel(TYPES, 'nodes')).toBe('');
  });

  it('name kinds as the API server spells their plurals', () => {
    expect(kindPlural({ kind: 'Ingress', resource: 'ingresses' })).toBe('Ingresses');
    expect(kindPlural({ kind: 'NetworkPolicy', resource: 'networkpolicies' })).toBe('NetworkPolicies');
    expect(kindPlural({ kind: 'Endpoints', resource: 'endpoints' })).toBe('Endpoints');
    expect(kindWords({ kind: 'Pod', resource: 'pods' })).toBe('pods');
    expect(kindWords({ kind: 'CronJob', resource: 'cronjobs' })).toBe('CronJobs');
  });
});
