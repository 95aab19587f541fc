/**
 * OpenAPI v3: the fields of every kind and what they are for, which kinds can be patched, and that the server checks fields
 * itself (fieldValidation). Operations are no more than kubectl asks for, and the v2 document is empty.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { DescriptionFacts } from '../facts/facts.ts';
import type { KindRegistry, ResourceType } from './meta/kinds.ts';
import { componentSchemas, gvk } from './openapi-schemas.ts';
import type { Schemas } from './schema/schemas.ts';

const groupPath = (group: string, version: string) =>
  group === '' ? `api/${version}` : `apis/${group}/${version}`;

/** Part of every document's hash, by which clients keep it: to be raised when what is said of built-in kinds changes. */
const REVISION = 2;

export function openApiIndex(kinds: KindRegistry): JsonObject {
  const paths: JsonObject = {};
  for (const [group, versions] of kinds.groups()) {
    for (const [version, types] of versions) {
      const hash = createHash('sha256')
        .update(JSON.stringify([REVISION, types.map(({ key, custom }) => [key, custom?.schema])]))
        .digest('hex')
        .toUpperCase();
      paths[groupPath(group, version)] = {
        serverRelativeURL: `/openapi/v3/${groupPath(group, version)}?hash=${hash}`,
      };
    }
  }
  return { paths };
}

export interface OpenApiParts {
  kinds: KindRegistry;
  schemas: Schemas;
  /** Read when a document is asked for. */
  descriptions: () => DescriptionFacts;
}

/** The document of one group version, by its path behind /openapi/v3/, or undefined. */
export function openApiDocument(
  { kinds, schemas, descriptions }: OpenApiParts,
  path: string,
): JsonObject | undefined {
  const parts = path.split('/');
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]];
  const types = kinds
    .groups()
    .get(group ?? '')
    ?.get(version ?? '');
  if (!types) return undefined;
  const paths: JsonObject = {};
  for (const type of types) {
    Object.assign(paths, resourcePaths(type));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths,
    components: { schemas: componentSchemas(schemas, descriptions(), types) },
  };
}

function resourcePaths(type: ResourceType): JsonObject {
  const base = `/${groupPath(type.group, type.version)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.resource}`;
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  const operation = (action: string) => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(type),
    parameters,
    responses: {},
  });
  if (!type.verbs.includes('patch')) return { [base]: { get: operation('list') } };
  return {
    [base]: { post: operation('post') },
    [`${base}/{name}`]: { put: operation('put'), patch: operation('patch') },
  };
}

const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** The v2 document kubectl falls back to for kinds it does not know yet: valid and empty, so it leaves the check to us. */
export function openApiV2(accept: string | undefined): { body: Buffer | string; contentType: string } {
  if (!accept?.includes('proto-openapi')) {
    const body = JSON.stringify({
      swagger: '2.0',
      info: { title: 'Kubernetes', version: 'v1.36.3' },
      paths: {},
    });
    return { body, contentType: 'application/json' };
  }
  const field = (number: number, value: Buffer) =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
  const info = Buffer.concat([field(1, Buffer.from('Kubernetes')), field(2, Buffer.from('v1.36.3'))]);
  return { body: Buffer.concat([field(1, Buffer.from('2.0')), field(2, info)]), contentType: V2_PROTOBUF };
}
