import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceName } from '#lib/resources/resource-type.ts';
import { aggregatedGroups } from './aggregated-discovery.ts';
import { coreByVersion, groupsByVersion } from './discovery-by-group.ts';
import { servedTypes } from './resource-types.ts';

const resource = (name: string, kind: string, more: object = {}) => ({
  resource: name,
  responseKind: { group: '', version: '', kind },
  scope: 'Namespaced',
  verbs: ['get', 'list', 'watch'],
  ...more,
});

const document = (groups: Record<string, Record<string, object[] | 'Stale'>>) => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  items: Object.entries(groups).map(([name, versions]) => ({
    metadata: name === '' ? {} : { name },
    versions: Object.entries(versions).map(([version, resources]) => ({
      version,
      freshness: resources === 'Stale' ? 'Stale' : 'Current',
      resources: resources === 'Stale' ? undefined : resources,
    })),
  })),
});

const served = (groups: Parameters<typeof document>[0]) =>
  servedTypes(aggregatedGroups(document(groups)) ?? []);
const names = (groups: Parameters<typeof document>[0]) =>
  served(groups).types.map((type) => `${resourceName(type)}/${type.version}`);

describe('servedTypes', () => {
  it('takes each resource at the first version that lists it, sorted', () => {
    const groups = {
      autoscaling: {
        v2: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler')],
        v1: [resource('horizontalpodautoscalers', 'HorizontalPodAutoscaler'), resource('olds', 'Old')],
      },
      '': {
        v1: [
          resource('pods', 'Pod', {
            shortNames: ['po'],
            categories: ['all'],
            subresources: [{ subresource: 'log' }],
          }),
          resource('bindings', 'Binding', { verbs: ['create'] }),
          resource('nodes', 'Node', { scope: 'Cluster' }),
        ],
      },
    };
    expect(names(groups)).toEqual([
      'nodes/v1',
      'pods/v1',
      'horizontalpodautoscalers.autoscaling/v2',
      'olds.autoscaling/v1',
    ]);
    expect(served(groups).types[1]).toEqual({
      group: '',
      version: 'v1',
      resource: 'pods',
      kind: 'Pod',
      scope: 'Namespaced',
      verbs: ['get', 'list', 'watch'],
      shortNames: ['po'],
      categories: ['all'],
      subresources: ['log'],
      custom: false,
    });
  });

  it('shows what is served twice once', () => {
    expect(
      names({
        '': { v1: [resource('events', 'Event')] },
        'events.k8s.io': { v1: [resource('events', 'Event')] },
        extensions: { v1beta1: [resource('ingresses', 'Ingress'), resource('others', 'Other')] },
        'networking.k8s.io': { v1: [resource('ingresses', 'Ingress')] },
      }),
    ).toEqual(['events/v1', 'others.extensions/v1beta1', 'ingresses.networking.k8s.io/v1']);
  });

  it('names groups that are down and marks what is not built in', () => {
    const { types, missingGroups, groupVersions } = served({
      'metrics.k8s.io': { v1beta1: 'Stale' },
      'gateway.networking.k8s.io': { v1: [resource('gateways', 'Gateway')] },
    });
    expect(missingGroups).toEqual(['metrics.k8s.io']);
    expect([...groupVersions]).toEqual(['gateway.networking.k8s.io/v1']);
    expect(types.map((type) => type.custom)).toEqual([true]);
  });

  it('leaves out names that cannot be part of an address, and takes any document', () => {
    const odd = ['../secrets', 'a/b', '__proto__', 'Pods', '', 'x'.repeat(300)];
    expect(names({ 'a.b': { v1: odd.map((name) => resource(name, 'Kind')) } })).toEqual([]);
    expect(names({ 'a/b': { v1: [resource('pods', 'Pod')] } })).toEqual([]);
    expect(names({ a: { v1: [resource('pods', 'a b')], '..': [resource('pods', 'Pod')] } })).toEqual([]);
    const field = fc.jsonValue();
    const shape = fc.record({
      kind: fc.constant('APIGroupDiscoveryList'),
      items: fc.oneof(
        field,
        fc.array(
          fc.record({
            metadata: field,
            versions: fc.array(fc.record({ version: field, resources: fc.array(field) })),
          }),
        ),
      ),
    });
    fc.assert(
      fc.property(shape, (hostile) => {
        expect(Array.isArray(servedTypes(aggregatedGroups(hostile) ?? []).types)).toBe(true);
      }),
    );
  });
});

describe('legacy discovery', () => {
  it('gives the same types as the aggregated one', async () => {
    const groups = {
      '': { v1: [resource('pods', 'Pod', { subresources: [{ subresource: 'log' }] })] },
      batch: { v1: [resource('jobs', 'Job')] },
    };
    const legacy: Record<string, unknown> = {
      '/api/v1': {
        kind: 'APIResourceList',
        resources: [
          { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['get', 'list', 'watch'] },
          { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
        ],
      },
      '/apis/batch/v1': {
        resources: [{ name: 'jobs', kind: 'Job', namespaced: true, verbs: ['get', 'list', 'watch'] }],
      },
      '/apis/batch/v1beta1': {
        resources: [{ name: 'jobs', kind: 'Job', namespaced: true, verbs: ['list'] }],
      },
    };
    const read = async (path: string) => legacy[path];
    const batch = {
      name: 'batch',
      versions: [{ version: 'v1beta1' }, { version: 'v1' }],
      preferredVersion: { version: 'v1' },
    };
    const found = servedTypes([
      ...(await coreByVersion({ kind: 'APIVersions', versions: ['v1'] }, read)),
      ...(await groupsByVersion({ kind: 'APIGroupList', groups: [batch] }, read)),
    ]);
    expect(found.types).toEqual(served(groups).types);
  });
});
