/** What the cluster serves and has, so that hostile requests look like ones that would be served. */
import type { Sender } from './sender.ts';
import type { ServedResource, Surroundings } from './shot.ts';

interface Discovery {
  items: {
    metadata: { name?: string };
    versions: {
      version: string;
      resources?: {
        resource: string;
        responseKind: { kind: string };
        scope: string;
        verbs: string[];
        subresources?: { subresource: string }[];
      }[];
    }[];
  }[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export async function getJson<Body>(
  sender: Sender,
  path: string,
  headers: Record<string, string> = {},
): Promise<Body> {
  const answer = await sender.send({ name: path, method: 'GET', path, headers });
  if (answer?.code !== 200 || !answer.body) throw new Error(`${path} answers ${answer?.code ?? 'nothing'}`);
  return JSON.parse(answer.body.toString()) as Body;
}

export async function postJson(sender: Sender, path: string, object: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await sender.send({
    name: path,
    method: 'POST',
    path,
    headers,
    body: JSON.stringify(object),
  });
  if (answer?.code !== 201) throw new Error(`${path} answers ${answer?.code}: ${answer?.body?.toString()}`);
}

export async function prepare(sender: Sender): Promise<void> {
  for (const name of ['fuzz-a', 'fuzz-b'])
    await postJson(sender, '/api/v1/namespaces', { metadata: { name } });
}

/** Every resource that is served, and where. */
export async function readResources(sender: Sender): Promise<ServedResource[]> {
  const found: ServedResource[] = [];
  for (const path of ['/api', '/apis']) {
    const { items } = await getJson<Discovery>(sender, path, { accept: AGGREGATED });
    for (const { metadata, versions } of items)
      for (const { version, resources = [] } of versions) {
        const apiVersion = metadata.name ? `${metadata.name}/${version}` : version;
        for (const each of resources)
          found.push({
            root: metadata.name ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
            apiVersion,
            resource: each.resource,
            kind: each.responseKind.kind,
            isNamespaced: each.scope === 'Namespaced',
            verbs: each.verbs,
            subresources: (each.subresources ?? []).map(({ subresource }) => subresource),
          });
      }
  }
  return found;
}

interface Listed {
  metadata: { name: string; namespace?: string };
  status?: { phase?: string };
}

export async function readSurroundings(sender: Sender): Promise<Surroundings> {
  const resources = await readResources(sender);
  const samples = new Map<string, object>();
  let pods: Surroundings['pods'] = [];
  for (const { root, resource, apiVersion, verbs } of resources) {
    if (!verbs.includes('list')) continue;
    const { items } = await getJson<{ items: Listed[] }>(sender, `${root}/${resource}`);
    if (items[0]) samples.set(`${apiVersion}/${resource}`, items[0]);
    if (resource === 'pods' && root === '/api/v1')
      pods = items
        .filter(({ status }) => status?.phase === 'Running')
        .map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: metadata.name }))
        .slice(0, 20);
  }
  return { resources, samples, namespaces: ['fuzz-a', 'fuzz-b'], pods };
}
