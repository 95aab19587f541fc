/**
 * CustomResourceDefinitions: what is accepted is served at once; one that is deleted takes its objects along, and goes
 * when the last of them is gone. A name that becomes free is given to the definition that waits for it.
 */
import { DEFINITIONS } from '../apiserver/definitions/definition-faults.ts';
import {
  CLEANUP,
  conditionOf,
  definitionStatus,
  isEstablished,
  withCondition,
} from '../apiserver/definitions/definition-status.ts';
import { type Machinery, systemContext } from '../apiserver/rest/context.ts';
import { ObjectDeleter } from '../apiserver/rest/deleter.ts';
import { ObjectWriter } from '../apiserver/rest/writer.ts';
import { equal, object } from '../base/json.ts';
import type { Condition, KubeObject } from '../base/types.ts';
import { WorkQueue } from './framework/work-queue.ts';

/** How often the real server looks whether the objects of a deleted definition are gone. */
const AGAIN_MS = 5_000;

export function serveDefinitions(machinery: Machinery): () => void {
  const { store, kinds, clock } = machinery;
  const finalizer = new DefinitionFinalizer(machinery);
  const queue = new WorkQueue('definitions', clock, (name) => finalizer.reconcile(name));
  const unsubscribe = store.subscribe(DEFINITIONS, ({ type, object: definition }) => {
    kinds.setCustom(store.list(DEFINITIONS).filter(isEstablished));
    if (definition.metadata.deletionTimestamp !== undefined) queue.add(definition.metadata.name);
    if (type !== 'DELETED') return;
    for (const other of store.list(DEFINITIONS))
      if (conditionOf(other, 'NamesAccepted')?.status === 'False') queue.add(other.metadata.name);
  });
  return () => {
    unsubscribe();
    queue.stop();
  };
}

class DefinitionFinalizer {
  readonly #machinery: Machinery;
  readonly #writer: ObjectWriter;
  readonly #deleter: ObjectDeleter;

  constructor(machinery: Machinery) {
    this.#machinery = machinery;
    this.#writer = new ObjectWriter(machinery);
    this.#deleter = new ObjectDeleter(machinery);
  }

  reconcile(name: string): number | undefined {
    const definition = this.#machinery.store.get(DEFINITIONS, '', name);
    if (!definition) return undefined;
    if (definition.metadata.deletionTimestamp === undefined) {
      const status = definitionStatus(this.#machinery, definition);
      if (!equal(status, definition.status)) this.#write(definition, (current) => ({ ...current, status }));
      return undefined;
    }
    if (!definition.metadata.finalizers?.includes(CLEANUP)) return undefined;
    if (isEstablished(definition) && this.#hasObjects(name)) {
      const words = {
        reason: 'InstanceDeletionInProgress',
        message: 'CustomResource deletion is in progress',
      };
      this.#tell(definition, { type: 'Terminating', status: 'True', ...words });
      return AGAIN_MS;
    }
    this.#write(definition, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        finalizers: (current.metadata.finalizers ?? []).filter((item) => item !== CLEANUP),
      },
    }));
    return undefined;
  }

  /** Deletes what is there; true when something stays for its finalizers. */
  #hasObjects(key: string): boolean {
    const { store, kinds } = this.#machinery;
    // A definition's name is `plural.group`, the key of its objects in the store.
    const type = kinds.all().find((item) => item.key === key);
    for (const item of store.list(key)) {
      const { namespace = '', name, deletionTimestamp } = item.metadata;
      // Of a definition without a served version nothing is known but the name.
      if (!type) store.delete(key, item);
      else if (deletionTimestamp === undefined)
        this.#deleter.delete(type, namespace, name, { isDryRun: false });
    }
    return store.list(key).length > 0;
  }

  #tell(definition: KubeObject, condition: Omit<Condition, 'lastTransitionTime'>): void {
    const conditions = withCondition(definition, condition, this.#machinery.clock.now());
    const status = { ...object(definition.status), conditions };
    if (!equal(status, definition.status)) this.#write(definition, (current) => ({ ...current, status }));
  }

  #write(definition: KubeObject, next: (current: KubeObject) => KubeObject): void {
    const type = this.#machinery.kinds.builtIn(DEFINITIONS);
    const context = systemContext('kube-apiserver', 'definition');
    this.#writer.update(type, '', definition.metadata.name, next, context, { isTrusted: true });
  }
}
