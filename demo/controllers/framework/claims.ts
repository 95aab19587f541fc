/**
 * Which objects are a controller's: those it controls and still selects, and orphans that it selects
 * (kubecontroller.BaseControllerRefManager). What it no longer selects is let go.
 */
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, LabelSelector, OwnerReference } from '../../base/types.ts';
import { matchesLabels, selectorRequirements } from '../../storage/selectors.ts';
import { type ControllerTools, change } from './controller.ts';

export interface Claimant {
  owner: KubeObject;
  selector: LabelSelector | undefined;
  /** Only objects it says yes to are taken up or let go; ended pods, for example, stay whose they are. */
  isWanted?: (object: KubeObject) => boolean;
}

/** Lets go and takes up as needed. Returns what is the claimant's now, in key order. */
export function claim(
  tools: ControllerTools,
  resource: string,
  { owner, selector, isWanted = () => true }: Claimant,
): KubeObject[] {
  const { uid, name, namespace = '', deletionTimestamp } = owner.metadata;
  const owned = tools.owners.list(resource, uid);
  const requirements = selectorRequirements(selector);
  // A controller on its way out neither takes nor gives; one that selects everything is not believed.
  if (deletionTimestamp !== undefined || !requirements || requirements.length === 0) return owned;
  const kept = owned.filter((object) => {
    if (matchesLabels(requirements, object.metadata.labels) || !isWanted(object)) return true;
    setOwners(tools, resource, object, (owners) => owners.filter((each) => each.uid !== uid));
    return false;
  });
  const orphans = tools.owners
    .orphans(resource, namespace)
    .filter(
      (object) =>
        object.metadata.deletionTimestamp === undefined &&
        matchesLabels(requirements, object.metadata.labels) &&
        isWanted(object),
    );
  if (orphans.length === 0) return kept;
  const reference = controllerReference(owner.apiVersion, owner.kind, name, uid);
  const taken = orphans.map((object) =>
    setOwners(tools, resource, object, (owners) => [...owners, reference]),
  );
  return [...kept, ...taken].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function setOwners(
  tools: ControllerTools,
  resource: string,
  object: KubeObject,
  next: (owners: OwnerReference[]) => OwnerReference[],
): KubeObject {
  return change(tools, resource, object, (current) => {
    const { ownerReferences = [], ...metadata } = current.metadata;
    const owners = next(ownerReferences);
    return {
      ...current,
      metadata: { ...metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) },
    };
  });
}
