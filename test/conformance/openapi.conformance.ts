import { expect } from 'vitest';
import { topic } from './conform.ts';
import { expectCode } from './fixtures.ts';
import { admin } from './target.ts';

const conform = topic('openapi');

interface Schema {
  description?: string;
  enum?: string[];
  type?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

async function schemasOf(groupVersion: string): Promise<Record<string, Schema>> {
  const { json } = expectCode(await admin.get(`/openapi/v3/${groupVersion}`), 200);
  return (json as { components: { schemas: Record<string, Schema> } }).components.schemas;
}

conform('a kind and its fields are described', async () => {
  const schemas = await schemasOf('apis/apps/v1');
  const deployment = schemas['io.k8s.api.apps.v1.Deployment'];
  expect(deployment?.description).toBe('Deployment enables declarative updates for Pods and ReplicaSets.');
  expect(deployment?.properties?.spec?.description).toBe(
    'Specification of the desired behavior of the Deployment.',
  );
  expect(deployment?.['x-kubernetes-group-version-kind']).toContainEqual({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
  });
});

conform('a field of few values names them', async () => {
  const { 'io.k8s.api.apps.v1.DeploymentStrategy': strategy } = await schemasOf('apis/apps/v1');
  expect(strategy?.properties?.type).toMatchObject({ type: 'string', enum: ['Recreate', 'RollingUpdate'] });
  expect(strategy?.properties?.type?.description).toMatch(/^Type of deployment\. Can be "Recreate"/);
});

conform('what a kind refers to is in its document', async () => {
  const schemas = await schemasOf('api/v1');
  expect(schemas['io.k8s.api.core.v1.Container']?.required).toEqual(['name']);
  expect(schemas['io.k8s.api.core.v1.Container']?.properties?.image?.description).toMatch(
    /^Container image name\./,
  );
  expect(schemas['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta']?.properties?.labels?.type).toBe('object');
});

conform('the index names each document by a hash of what is in it', async () => {
  const { json } = expectCode(await admin.get('/openapi/v3'), 200);
  const { paths } = json as { paths: Record<string, { serverRelativeURL: string }> };
  const { serverRelativeURL = '' } = paths['apis/apps/v1'] ?? {};
  expect(serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]+$/);
  expectCode(await admin.get(serverRelativeURL), 200);
});
