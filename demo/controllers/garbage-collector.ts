/** The garbage collector: what lost its last owner goes; foreground and orphan deletion are finished here. */
import { systemContext } from '../apiserver/rest/context.ts';
import type { KubeObject } from '../base/types.ts';
import type { StoreEvent } from '../storage/store.ts';
import { type ControllerTools, MANAGER } from './framework/controller.ts';
import type { Owned } from './framework/owners.ts';

export class GarbageCollector {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  /** The keys an event gives work for: the uids of owners. */
  keysOf(event: StoreEvent): string[] {
    const { metadata } = event.object;
    const keys: string[] = [];
    if (event.type === 'DELETED' || isWaiting(event.object))
      keys.push(`${event.resource}|${metadata.namespace ?? ''}|${metadata.name}|${metadata.uid}`);
    // What names an owner that never was, or is gone already, has to go as well.
    if (event.type === 'ADDED') keys.push(...this.#waitingOwners(event.object));
    // A dependent that went may be the last one a foreground deletion waited for.
    if (event.type === 'DELETED') keys.push(...this.#waitingOwners(event.object));
    return keys;
  }

  reconcile(key: string): undefined {
    const [resource = '', namespace = '', name = '', uid = ''] = key.split('|');
    const { store } = this.#tools.machinery;
    const owner = store.get(resource, namespace, name);
    const isAlive = owner?.metadata.uid === uid;
    if (!isAlive) {
      for (const item of this.#tools.owners.owned(uid)) this.#release(item, uid);
      return;
    }
    if (!owner.metadata.deletionTimestamp) return;
    const finalizers = owner.metadata.finalizers ?? [];
    if (finalizers.includes('orphan')) this.#orphan(resource, owner);
    else if (finalizers.includes('foregroundDeletion')) this.#foreground(resource, owner);
  }

  #waitingOwners(object: KubeObject): string[] {
    return (Array.isArray(object.metadata.ownerReferences) ? object.metadata.ownerReferences : []).flatMap(
      (reference) => {
        const type = this.#tools.machinery.kinds.byKind(reference?.apiVersion, reference?.kind);
        const namespace = type?.namespaced ? (object.metadata.namespace ?? '') : '';
        return type ? [`${type.key}|${namespace}|${reference.name}|${reference.uid}`] : [];
      },
    );
  }

  #get({ resource, namespace, name }: Owned): KubeObject | undefined {
    return this.#tools.machinery.store.get(resource, namespace, name);
  }

  #type(resource: string) {
    return this.#tools.machinery.kinds.all().find((type) => type.key === resource);
  }

  #hasOtherOwner(object: KubeObject, uid: string): boolean {
    return (object.metadata.ownerReferences ?? []).some((reference) => {
      if (reference.uid === uid) return false;
      const type = this.#tools.machinery.kinds.byKind(reference.apiVersion, reference.kind);
      const namespace = type?.namespaced ? (object.metadata.namespace ?? '') : '';
      return (
        type !== undefined &&
        this.#tools.machinery.store.get(type.key, namespace, reference.name)?.metadata.uid === reference.uid
      );
    });
  }

  /** Deletes a dependent of an owner that is gone, or only unties it when another owner lives. */
  #release(item: Owned, uid: string): void {
    const object = this.#get(item);
    const type = this.#type(item.resource);
    if (!object || !type) return;
    if (this.#hasOtherOwner(object, uid)) this.#untie(item, uid);
    else if (object.metadata.deletionTimestamp === undefined) {
      this.#tools.mutations.deleter.delete(type, item.namespace, item.name, {
        isDryRun: false,
        uid: object.metadata.uid,
        propagationPolicy: 'Background',
      });
    }
  }

  #untie(item: Owned, uid: string): void {
    const type = this.#type(item.resource);
    if (!type) return;
    const next = (current: KubeObject) => {
      const { ownerReferences = [], ...metadata } = current.metadata;
      const left = ownerReferences.filter((reference) => reference.uid !== uid);
      return { ...current, metadata: { ...metadata, ...(left.length > 0 ? { ownerReferences: left } : {}) } };
    };
    this.#tools.mutations.writer.update(type, item.namespace, item.name, next, systemContext(MANAGER), {
      isTrusted: true,
    });
  }

  #orphan(resource: string, owner: KubeObject): void {
    for (const item of this.#tools.owners.owned(owner.metadata.uid)) this.#untie(item, owner.metadata.uid);
    this.#dropFinalizer(resource, owner, 'orphan');
  }

  #foreground(resource: string, owner: KubeObject): void {
    const blocking = this.#tools.owners.owned(owner.metadata.uid).filter((item) => {
      const reference = this.#get(item)?.metadata.ownerReferences?.find(
        (each) => each.uid === owner.metadata.uid,
      );
      return reference?.blockOwnerDeletion === true;
    });
    for (const item of this.#tools.owners.owned(owner.metadata.uid)) {
      const type = this.#type(item.resource);
      const object = this.#get(item);
      if (!type || !object || object.metadata.deletionTimestamp !== undefined) continue;
      this.#tools.mutations.deleter.delete(type, item.namespace, item.name, {
        isDryRun: false,
        uid: object.metadata.uid,
        propagationPolicy: type.key === 'pods' ? 'Background' : 'Foreground',
      });
    }
    if (blocking.length === 0) this.#dropFinalizer(resource, owner, 'foregroundDeletion');
  }

  #dropFinalizer(resource: string, owner: KubeObject, finalizer: string): void {
    const type = this.#type(resource);
    if (!type) return;
    const next = (current: KubeObject) => ({
      ...current,
      metadata: {
        ...current.metadata,
        finalizers: (current.metadata.finalizers ?? []).filter((item) => item !== finalizer),
      },
    });
    this.#tools.mutations.writer.update(
      type,
      owner.metadata.namespace ?? '',
      owner.metadata.name,
      next,
      systemContext(MANAGER),
      { isTrusted: true },
    );
  }
}

const isWaiting = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers ?? []).some((item) => item === 'foregroundDeletion' || item === 'orphan');
