import type { GlyphName } from '#components/ui/glyph.tsx';
import { type ResourceName, type ResourceType, resourceName } from '#lib/resources/resource-type.ts';
import { kindPlural } from './kind-label.ts';

/** One kind in a family. */
export interface FamilyKind {
  readonly resource: ResourceName;
  readonly label: string;
}

/** A section: a single kind as a link (Nodes, Events), or kinds under a heading, custom ones by their group. */
export interface FamilySection {
  readonly id: string;
  readonly label: string;
  readonly glyph: GlyphName;
  readonly single: boolean;
  /** A rule stands above it. */
  readonly apart: boolean;
  readonly groups: readonly { readonly label: string; readonly items: readonly FamilyKind[] }[];
}

interface Family {
  readonly id: string;
  readonly label: string;
  readonly glyph: GlyphName;
  readonly single?: boolean;
  readonly apart?: boolean;
  /** Kinds in this order; others of the family follow by name. */
  readonly first: readonly ResourceName[];
  readonly apiGroups: readonly string[];
}

const FAMILIES: readonly Family[] = [
  {
    id: 'workloads',
    label: 'Workloads',
    glyph: 'workloads',
    first: [
      'deployments.apps',
      'statefulsets.apps',
      'daemonsets.apps',
      'replicasets.apps',
      'jobs.batch',
      'cronjobs.batch',
      'pods',
      'horizontalpodautoscalers.autoscaling',
      'poddisruptionbudgets.policy',
      'replicationcontrollers',
      'podtemplates',
    ],
    apiGroups: ['apps', 'batch', 'autoscaling', 'policy'],
  },
  { id: 'nodes', label: 'Nodes', glyph: 'nodes', single: true, first: ['nodes'], apiGroups: [] },
  {
    id: 'networking',
    label: 'Networking',
    glyph: 'network',
    apart: true,
    first: [
      'services',
      'ingresses.networking.k8s.io',
      'networkpolicies.networking.k8s.io',
      'endpointslices.discovery.k8s.io',
      'endpoints',
    ],
    apiGroups: ['networking.k8s.io', 'discovery.k8s.io'],
  },
  {
    id: 'storage',
    label: 'Storage',
    glyph: 'storage',
    first: ['persistentvolumeclaims', 'persistentvolumes', 'storageclasses.storage.k8s.io'],
    apiGroups: ['storage.k8s.io', 'resource.k8s.io'],
  },
  {
    id: 'access',
    label: 'Access',
    glyph: 'access',
    first: [
      'serviceaccounts',
      'roles.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
      'clusterroles.rbac.authorization.k8s.io',
      'clusterrolebindings.rbac.authorization.k8s.io',
    ],
    apiGroups: ['rbac.authorization.k8s.io', 'certificates.k8s.io'],
  },
  {
    id: 'events',
    label: 'Events',
    glyph: 'events',
    single: true,
    apart: true,
    first: ['events'],
    apiGroups: [],
  },
];

/** What no other family takes. */
const CONFIGURATION: Family = {
  id: 'configuration',
  label: 'Configuration',
  glyph: 'config',
  first: ['namespaces', 'configmaps', 'secrets', 'resourcequotas', 'limitranges'],
  apiGroups: [],
};

/** The same Events under their other address; readings that are shown as use, and cannot be watched. */
const HIDDEN: readonly ResourceName[] = [
  'events.events.k8s.io',
  'nodes.metrics.k8s.io',
  'pods.metrics.k8s.io',
];

const ORDER = ['workloads', 'nodes', 'networking', 'storage', 'configuration', 'access', 'custom', 'events'];

/** Sections from what discovery found: only kinds that are served and can be listed; empty sections are left out. */
export function familySections(types: readonly ResourceType[]): readonly FamilySection[] {
  const byFamily = new Map<string, ResourceType[]>();
  for (const type of types) {
    const name = resourceName(type);
    if (HIDDEN.includes(name)) continue;
    const family = familyOf(type, name);
    byFamily.set(family, [...(byFamily.get(family) ?? []), type]);
  }
  const sections = [...FAMILIES, CONFIGURATION].flatMap((family) => {
    const found = byFamily.get(family.id) ?? [];
    return found.length === 0 ? [] : [sectionOf(family, found)];
  });
  const custom = byFamily.get('custom') ?? [];
  if (custom.length > 0) sections.push(customSection(custom));
  return sections.sort((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
}

function familyOf(type: ResourceType, name: ResourceName): string {
  const named = [...FAMILIES, CONFIGURATION].find((family) => family.first.includes(name));
  if (named !== undefined) return named.id;
  if (type.custom) return 'custom';
  return FAMILIES.find((family) => family.apiGroups.includes(type.group))?.id ?? CONFIGURATION.id;
}

function sectionOf(family: Family, types: readonly ResourceType[]): FamilySection {
  const place = (type: ResourceType): number => {
    const at = family.first.indexOf(resourceName(type));
    return at < 0 ? family.first.length : at;
  };
  const sorted = [...types].sort((a, b) => place(a) - place(b) || (a.kind < b.kind ? -1 : 1));
  return {
    id: family.id,
    label: family.label,
    glyph: family.glyph,
    single: family.single === true,
    apart: family.apart === true,
    groups: [{ label: '', items: sorted.map(itemOf) }],
  };
}

function customSection(types: readonly ResourceType[]): FamilySection {
  const groups = [...new Set(types.map((type) => type.group))].sort();
  return {
    id: 'custom',
    label: 'Custom resources',
    glyph: 'custom',
    single: false,
    apart: false,
    groups: groups.map((group) => ({
      label: group,
      items: types
        .filter((type) => type.group === group)
        .sort((a, b) => (a.kind < b.kind ? -1 : 1))
        .map(itemOf),
    })),
  };
}

function itemOf(type: ResourceType): FamilyKind {
  return { resource: resourceName(type), label: kindPlural(type) };
}

export function holds(section: FamilySection, resource: ResourceName): boolean {
  return section.groups.some((group) => group.items.some((item) => item.resource === resource));
}

/** The crumb above a kind's page; '' for kinds that stand alone. */
export function familyLabel(types: readonly ResourceType[], resource: ResourceName): string {
  const section = familySections(types).find((candidate) => holds(candidate, resource));
  return section === undefined || section.single ? '' : section.label;
}
