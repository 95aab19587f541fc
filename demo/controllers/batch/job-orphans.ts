/** Lets pods go that carry a job's finalizer and that no job will count any more: theirs is gone or has ended. */
import type { KubeObject, Pod } from '../../base/types.ts';
import type { StoreEvent } from '../../storage/store.ts';
import { type ControllerTools, keyFor, keyParts } from '../framework/controller.ts';
import { controllerOf } from '../framework/owners.ts';
import { untrack } from './job.ts';
import { isJobFinished, isTracked } from './job-pod.ts';

const JOBS = 'jobs.batch';

export class JobOrphans {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  /** The keys of pods an event may have orphaned. */
  keysOf({ resource, type, object }: StoreEvent): string[] {
    if (resource === 'pods')
      return type !== 'DELETED' && isTracked(object) && !this.#isCounted(object) ? [keyFor(object)] : [];
    if (resource !== JOBS || (type !== 'DELETED' && !isJobFinished(object))) return [];
    return this.#tools.owners.list('pods', object.metadata.uid).filter(isTracked).map(keyFor);
  }

  reconcile(key: string): undefined {
    const pod = this.#tools.machinery.store.get('pods', ...keyParts(key)) as Pod | undefined;
    if (pod && isTracked(pod) && !this.#isCounted(pod)) untrack(this.#tools, pod);
  }

  #isCounted(pod: KubeObject): boolean {
    const owner = controllerOf(pod);
    if (owner?.kind !== 'Job') return false;
    const job = this.#tools.machinery.store.get(JOBS, pod.metadata.namespace ?? '', owner.name);
    return job?.metadata.uid === owner.uid && !isJobFinished(job);
  }
}
