import { ApiException, type KubernetesClient } from '#lib/k8s/client/kubernetes-client.ts';
import type { ListWatch } from '#lib/k8s/client/list-watch.ts';

/** The client with every answer counted by status: 429s and lost connections show in /metrics whoever asked. */
export function countedClient(client: KubernetesClient, count: (code: number) => void): KubernetesClient {
  const failed = (failure: unknown): never => {
    if (failure instanceof ApiException) count(failure.error.code);
    throw failure;
  };
  return {
    cluster: client.cluster,
    async request(options) {
      const answer = await client.request(options).catch(failed);
      count(answer.status);
      return answer;
    },
    listWatch: (type, namespace) => countedListWatch(client.listWatch(type, namespace), count, failed),
    close: () => client.close(),
  };
}

function countedListWatch(
  listWatch: ListWatch,
  count: (code: number) => void,
  failed: (failure: unknown) => never,
): ListWatch {
  return {
    type: listWatch.type,
    namespace: listWatch.namespace,
    async list(options) {
      const answer = await listWatch.list(options).catch(failed);
      count(200);
      return answer;
    },
    async *watch(options) {
      const opened = () => {
        count(200);
        options.opened?.();
      };
      try {
        yield* listWatch.watch({ ...options, opened });
      } catch (failure) {
        failed(failure);
      }
    },
  };
}
