/** What every controller is given, and the small steps they share. */

import type { Machinery } from '../../apiserver/rest/context.ts';
import { systemContext } from '../../apiserver/rest/context.ts';
import type { Mutations } from '../../apiserver/rest/mutations.ts';
import { equal, type JsonObject } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import type { OwnerIndex } from './owners.ts';
import type { EventRecorder } from './recorder.ts';

export interface ControllerTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
  owners: OwnerIndex;
}

export const MANAGER = 'kube-controller-manager';

export const keyParts = (key: string): [namespace: string, name: string] => {
  const cut = key.indexOf('/');
  return [key.slice(0, cut), key.slice(cut + 1)];
};
export const keyFor = (object: KubeObject): string =>
  `${object.metadata.namespace ?? ''}/${object.metadata.name}`;

/** What the steps below need. */
type WriteTools = Pick<ControllerTools, 'machinery' | 'mutations'>;

/** Writes a status when it differs. Returns the object as it now stands. */
export function writeStatus(
  { machinery, mutations }: WriteTools,
  resource: string,
  object: KubeObject,
  status: JsonObject,
  manager = MANAGER,
): KubeObject {
  if (equal(object.status, status)) return object;
  const type = machinery.kinds.builtIn(resource);
  const next = (current: KubeObject) => ({ ...current, status });
  return mutations.writer.update(
    type,
    object.metadata.namespace ?? '',
    object.metadata.name,
    next,
    systemContext(manager, 'status'),
    { isTrusted: true },
  );
}

/** Changes the spec or metadata of an object by a function. */
export function change(
  { machinery, mutations }: WriteTools,
  resource: string,
  object: KubeObject,
  next: (current: KubeObject) => JsonObject,
): KubeObject {
  const type = machinery.kinds.builtIn(resource);
  return mutations.writer.update(
    type,
    object.metadata.namespace ?? '',
    object.metadata.name,
    next,
    systemContext(MANAGER),
    { isTrusted: true },
  );
}

export function createPod(
  { machinery, mutations }: WriteTools,
  namespace: string,
  pod: JsonObject,
): KubeObject {
  return mutations.writer.create(machinery.kinds.builtIn('pods'), namespace, pod, systemContext(MANAGER));
}

export function deletePod({ machinery, mutations }: WriteTools, pod: KubeObject): void {
  mutations.deleter.delete(machinery.kinds.builtIn('pods'), pod.metadata.namespace ?? '', pod.metadata.name, {
    isDryRun: false,
    uid: pod.metadata.uid,
  });
}
