/** Which pods are a ReplicaSet's: those it made and still selects, and orphans that it selects (PodControllerRefManager). */
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, OwnerReference, Pod, ReplicaSet } from '../../base/types.ts';
import { matchesLabels, selectorRequirements } from '../../storage/selectors.ts';
import { type ControllerTools, change } from '../framework/controller.ts';
import { controllerOf } from '../framework/owners.ts';
import { isActive } from '../pod-facts.ts';

/** Lets go of pods that no longer match, and takes up matching ones that nobody controls. */
export function claimPods(tools: ControllerTools, set: ReplicaSet): void {
  const requirements = selectorRequirements(set.spec.selector);
  if (!requirements || requirements.length === 0) return;
  const { name, namespace, uid } = set.metadata;
  for (const pod of tools.machinery.store.list('pods', namespace) as Pod[]) {
    const controller = controllerOf(pod);
    const isSelected = matchesLabels(requirements, pod.metadata.labels);
    if (controller?.uid === uid && !isSelected) {
      setOwners(tools, pod, (owners) => owners.filter((owner) => owner.uid !== uid));
    } else if (!controller && isSelected && isActive(pod)) {
      setOwners(tools, pod, (owners) => [...owners, controllerReference('apps/v1', 'ReplicaSet', name, uid)]);
    }
  }
}

function setOwners(
  tools: ControllerTools,
  pod: KubeObject,
  next: (owners: OwnerReference[]) => OwnerReference[],
): void {
  change(tools, 'pods', pod, (current) => {
    const { ownerReferences = [], ...metadata } = current.metadata;
    const owners = next(ownerReferences);
    return {
      ...current,
      metadata: { ...metadata, ...(owners.length > 0 ? { ownerReferences: owners } : {}) },
    };
  });
}
