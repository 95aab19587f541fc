import type { ResourceType } from '#lib/resources/resource-type.ts';
import { aborted } from './errors.ts';
import type { KubernetesAnswer, RequestOptions } from './kubernetes-client.ts';
import type { ListOptions, ListWatch, RawAnswer, WatchOptions } from './list-watch.ts';
import { resourcePath } from './resource-path.ts';

/** What ListWatch needs of the client. */
export interface Transport {
  request(options: RequestOptions): Promise<KubernetesAnswer>;
  stream(options: RequestOptions, opened: () => void): AsyncGenerator<Uint8Array, void>;
}

/** A page of 500 large objects on a slow line takes its time. */
const LIST_TIMEOUT_MS = 60_000;

export function createListWatch(transport: Transport, type: ResourceType, namespace: string): ListWatch {
  const path = resourcePath(type, namespace);
  return {
    type,
    namespace,
    async list(options: ListOptions): Promise<RawAnswer> {
      if (options.signal.aborted) throw aborted();
      const { body, contentType } = await transport.request({
        method: 'GET',
        path,
        query: listQuery(options),
        accept: options.accept,
        timeoutMs: LIST_TIMEOUT_MS,
        signal: options.signal,
      });
      return { body, contentType };
    },
    async *watch(options: WatchOptions): AsyncGenerator<Uint8Array, void> {
      if (options.signal.aborted) throw aborted();
      const call: RequestOptions = {
        method: 'GET',
        path,
        query: watchQuery(options),
        accept: options.accept,
        signal: options.signal,
      };
      yield* transport.stream(call, options.opened ?? (() => {}));
    },
  };
}

function listQuery(options: ListOptions): Record<string, string> {
  return {
    ...(options.limit > 0 && { limit: String(options.limit) }),
    ...given('continue', options.continue),
    ...given('resourceVersion', options.resourceVersion),
    ...given('labelSelector', options.labelSelector),
    ...given('fieldSelector', options.fieldSelector),
  };
}

function watchQuery(options: WatchOptions): Record<string, string> {
  return {
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(options.timeoutSeconds),
    ...given('resourceVersion', options.resourceVersion),
    ...given('fieldSelector', options.fieldSelector),
  };
}

function given(key: string, value: string | undefined): Record<string, string> {
  return value === undefined || value === '' ? {} : { [key]: value };
}
