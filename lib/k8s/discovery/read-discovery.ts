import type { KubernetesClient } from '../client/kubernetes-client.ts';
import { ApiException } from '../client/kubernetes-client.ts';
import { plainText } from '../client/plain-text.ts';
import { AGGREGATED_ACCEPT, aggregatedGroups } from './aggregated-discovery.ts';
import { coreByVersion, groupsByVersion } from './discovery-by-group.ts';
import { fieldsOf, textOf } from './json.ts';
import { servedTypes } from './resource-types.ts';
import type { Served } from './served.ts';

type Requester = Pick<KubernetesClient, 'request'>;

/** Reads /api and /apis once. Rejects with ApiException when either gives nothing. */
export async function readDiscovery(client: Requester, signal: AbortSignal): Promise<Served> {
  const read = async (path: string, accept = 'application/json') =>
    (await client.request({ method: 'GET', path, accept, signal })).json();
  const [core, groups] = await Promise.all([
    read('/api', AGGREGATED_ACCEPT).then(
      async (found) => aggregatedGroups(found) ?? coreByVersion(found, read),
    ),
    read('/apis', AGGREGATED_ACCEPT).then(
      async (found) => aggregatedGroups(found) ?? groupsByVersion(found, read),
    ),
  ]);
  return servedTypes([...core, ...groups]);
}

/** 'v1.36.3'; '' when the API server does not tell (it may be forbidden). */
export async function readVersion(client: Requester, signal: AbortSignal): Promise<string> {
  try {
    const answer = await client.request({ method: 'GET', path: '/version', signal });
    return plainText(textOf(fieldsOf(answer.json()).gitVersion), 60);
  } catch (failure) {
    if (failure instanceof ApiException && failure.error.code > 0) return '';
    throw failure;
  }
}
