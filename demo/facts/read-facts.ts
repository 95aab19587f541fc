/**
 * Reads what the demo cluster must know about Kubernetes' own kinds from a real API server and writes it, reduced,
 * beside this file: `resources.json` (discovery), `tables.json` (printed columns), `schemas.json` (fields, their
 * types, merge keys and defaults), `rbac.json` (bootstrap roles). Run by hand when the imitated version changes:
 *   npx node demo/facts/read-facts.ts https://127.0.0.1:PORT CA.crt CLIENT.crt CLIENT.key
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';

const GROUPS = [
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'discovery.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'coordination.k8s.io',
  'apiextensions.k8s.io',
  'events.k8s.io',
  'scheduling.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
];
const LEFT_OUT = new Set(['bindings', 'componentstatuses', 'podtemplates']);

type Node = Record<string, unknown>;
const [server, caFile, certFile, keyFile] = process.argv.slice(2);
if (!server || !caFile || !certFile || !keyFile) throw new Error('usage: read-facts.ts SERVER CA CERT KEY');
const tls = { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };

function get(path: string, accept = 'application/json'): Promise<Node> {
  return new Promise((resolve, reject) => {
    request(new URL(path, server), { ...tls, headers: { accept } }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        text += chunk;
      });
      res.on('end', () => resolve(JSON.parse(text) as Node));
    })
      .on('error', reject)
      .end();
  });
}

const record = (value: unknown): Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : {};
const list = (value: unknown): Node[] => (Array.isArray(value) ? value.map(record) : []);

async function readResources(): Promise<Node[]> {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  const groups = [...list((await get('/api', accept)).items), ...list((await get('/apis', accept)).items)];
  const found: Node[] = [];
  for (const name of GROUPS) {
    const group = groups.find((item) => (record(item.metadata).name ?? '') === name);
    const version = list(group?.versions)[0];
    for (const resource of list(version?.resources)) {
      if (LEFT_OUT.has(String(resource.resource))) continue;
      found.push({
        group: name,
        version: version?.version,
        resource: resource.resource,
        singular: resource.singularResource,
        kind: record(resource.responseKind).kind,
        namespaced: resource.scope === 'Namespaced',
        verbs: resource.verbs,
        shortNames: resource.shortNames ?? [],
        categories: resource.categories ?? [],
        subresources: list(resource.subresources)
          .filter((sub) => !LEFT_OUT.has(`${resource.resource}/${sub.subresource}`))
          .map((sub) => ({
            name: sub.subresource,
            group: record(sub.responseKind).group || name,
            version: record(sub.responseKind).version || version?.version,
            kind: record(sub.responseKind).kind,
            verbs: sub.verbs,
          })),
      });
    }
  }
  return found;
}

async function readTables(resources: Node[]): Promise<Node> {
  const tables: Node = {};
  for (const { group, version, resource, verbs } of resources) {
    if (!(verbs as string[]).includes('list')) continue;
    const path = group === '' ? `/api/v1/${resource}` : `/apis/${group}/${version}/${resource}`;
    const table = await get(`${path}?limit=1`, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    tables[group === '' ? `${resource}` : `${resource}.${group}`] = table.columnDefinitions;
  }
  return tables;
}

const short = (ref: unknown) =>
  String(ref)
    .replace('#/components/schemas/', '')
    .replace(/^io\.k8s\./, '');

/** One field's shape: a word for a scalar, '#Name' for another definition, [x] for a list, {m: x} for a map. */
function shape(schema: Node): unknown {
  const ref = schema.$ref ?? list(schema.allOf)[0]?.$ref;
  if (ref) return `#${short(ref)}`;
  if (schema.type === 'array') {
    const node: Node = { a: shape(record(schema.items)) };
    const keys = schema['x-kubernetes-list-map-keys'];
    if (keys) node.k = keys;
    if (schema['x-kubernetes-list-type']) node.t = schema['x-kubernetes-list-type'];
    if (schema['x-kubernetes-patch-merge-key']) node.p = schema['x-kubernetes-patch-merge-key'];
    if (schema['x-kubernetes-patch-strategy']) node.s = schema['x-kubernetes-patch-strategy'];
    return node;
  }
  if (schema.additionalProperties) return { m: shape(record(schema.additionalProperties)) };
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'string') return schema.format ?? 'string';
  return schema.type ?? schema.format ?? 'any';
}

function definition(schema: Node): unknown {
  if (!schema.properties)
    return {
      scalar:
        schema.oneOf || schema.format === 'int-or-string'
          ? 'int-or-string'
          : (schema.format ?? schema.type ?? 'any'),
    };
  const fields: Node = {};
  const defaults: Node = {};
  for (const [name, field] of Object.entries(record(schema.properties))) {
    fields[name] = shape(record(field));
    const value = record(field).default;
    if (value !== undefined && value !== '' && value !== 0 && JSON.stringify(value) !== '{}')
      defaults[name] = value;
  }
  const out: Node = { fields };
  if (schema['x-kubernetes-map-type']) out.mapType = schema['x-kubernetes-map-type'];
  if (Object.keys(defaults).length > 0) out.defaults = defaults;
  if (schema.required) out.required = schema.required;
  return out;
}

async function readSchemas(resources: Node[]): Promise<Node> {
  const all: Node = {};
  const roots = new Map<string, string>();
  const wanted = new Set(resources.map(({ group, version, kind }) => `${group}/${version}/${kind}`));
  for (const groupVersion of new Set(
    resources.map(({ group, version }) => (group === '' ? `api/${version}` : `apis/${group}/${version}`)),
  )) {
    const schemas = record(record((await get(`/openapi/v3/${groupVersion}`)).components).schemas);
    for (const [name, schema] of Object.entries(schemas)) {
      all[short(name)] = definition(record(schema));
      for (const gvk of list(record(schema)['x-kubernetes-group-version-kind'])) {
        const key = `${gvk.group}/${gvk.version}/${gvk.kind}`;
        if (wanted.has(key)) roots.set(key, short(name));
      }
    }
  }
  const used: Node = {};
  const visit = (value: unknown): void => {
    for (const match of JSON.stringify(value ?? null).matchAll(/"#([^"]+)"/g)) {
      const name = match[1] as string;
      if (!(name in used) && name in all) {
        used[name] = all[name];
        visit(all[name]);
      }
    }
  };
  visit([...roots.values()].map((name) => `#${name}`));
  return {
    kinds: Object.fromEntries([...roots].sort()),
    definitions: Object.fromEntries(Object.entries(used).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

const ROLES = [
  'cluster-admin',
  'admin',
  'edit',
  'view',
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
];

/** The bootstrap ClusterRoles people use, and the bindings that give every user discovery and reviews of oneself. */
async function readRbac(): Promise<Node> {
  const keep = async (path: string, names: (item: Node) => boolean) =>
    list((await get(`/apis/rbac.authorization.k8s.io/v1/${path}`)).items)
      .filter(names)
      .map(({ metadata, ...rest }) => ({
        metadata: { name: record(metadata).name, labels: record(metadata).labels },
        ...rest,
      }));
  return {
    clusterroles: await keep('clusterroles', (item) => ROLES.includes(String(record(item.metadata).name))),
    clusterrolebindings: await keep('clusterrolebindings', (item) =>
      ROLES.includes(String(record(item.metadata).name)),
    ),
  };
}

const write = (name: string, value: unknown) =>
  writeFileSync(new URL(`./${name}.json`, import.meta.url), `${JSON.stringify(value)}\n`);
const resources = await readResources();
write('resources', resources);
write('tables', await readTables(resources));
write('schemas', await readSchemas(resources));
write('rbac', await readRbac());
