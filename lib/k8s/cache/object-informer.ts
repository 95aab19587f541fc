import type { Connection } from '#lib/resources/connection.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';

/**
 * One full object, followed by name (a LIST and WATCH with fieldSelector metadata.name), shared by its viewers and
 * stopped lingerMs after the last one. The object is as the API server sent it, less managedFields; Secret values
 * are masked before anybody sees it.
 */
export interface ObjectInformer {
  readonly connection: Connection;
  /** null before the first answer; the last seen object stays after `gone`. A new uid under the same name replaces it. */
  readonly object: Readonly<Record<string, unknown>> | null;
  onChange(listener: () => void): () => void;
  retry(): void;
}

export interface ObjectInformerFactory {
  /** Informers that run. */
  running(): readonly ObjectInformer[];
  acquire(
    type: ResourceType,
    namespace: string,
    name: string,
  ): { informer: ObjectInformer; release: () => void };
  stop(): void;
}
