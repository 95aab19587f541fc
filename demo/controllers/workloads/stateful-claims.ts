/** The volume claims of a StatefulSet: made before their pod, and owned as the retention policy says. */
import { ApiError } from '../../apiserver/meta/status.ts';
import { systemContext } from '../../apiserver/rest/context.ts';
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject, OwnerReference, Pod } from '../../base/types.ts';
import { type ControllerTools, change, MANAGER } from '../framework/controller.ts';
import { claimBodies, claimName, isInRange, ordinalOf, podName, type StatefulSet } from './stateful-pod.ts';

const RESOURCE = 'persistentvolumeclaims';

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Makes the missing claims of one ordinal. Throws the first refusal, told by an event. */
export function makeClaims(tools: ControllerTools, set: StatefulSet, ordinal: number, tell: Tell): void {
  const { machinery, mutations } = tools;
  const { namespace = '', name } = set.metadata;
  for (const body of claimBodies(set, ordinal)) {
    const claim = machinery.store.get(RESOURCE, namespace, body.metadata.name);
    if (claim?.metadata.deletionTimestamp !== undefined)
      throw new ApiError(409, 'Conflict', `pvc ${body.metadata.name} is being deleted`);
    if (claim) continue;
    const about = `Claim ${body.metadata.name}`;
    const where = `Pod ${podName(set, ordinal)} in StatefulSet ${name}`;
    try {
      mutations.writer.create(machinery.kinds.builtIn(RESOURCE), namespace, body, systemContext(MANAGER));
      tell('Normal', 'SuccessfulCreate', `Create ${about} ${where} success`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      tell('Warning', 'FailedCreate', `Create ${about} for ${where} failed error: ${error.message}`);
      throw error;
    }
  }
}

const names = (reference: OwnerReference, owner: KubeObject): boolean =>
  reference.kind === owner.kind &&
  reference.apiVersion === owner.apiVersion &&
  reference.name === owner.metadata.name;

const isStale = (claim: KubeObject, owner: KubeObject): boolean => {
  const reference = claim.metadata.ownerReferences?.find((each) => names(each, owner));
  return reference !== undefined && reference.uid !== owner.metadata.uid;
};

/** A claim that is to go with a former pod of this name: the new pod waits until it has gone. */
export function hasStaleClaim({ machinery }: ControllerTools, set: StatefulSet, ordinal: number): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  const name = podName(set, ordinal);
  return claimBodies(set, ordinal).some(({ metadata }) => {
    const claim = machinery.store.get(RESOURCE, set.metadata.namespace ?? '', metadata.name);
    return (
      claim?.metadata.ownerReferences?.some((owner) => owner.kind === 'Pod' && owner.name === name) === true
    );
  });
}

/** Who should own a claim: nobody, the set (it goes with it), or a pod that was scaled away (it goes with that). */
function wantedOwners(set: StatefulSet, pod: Pod): OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec.persistentVolumeClaimRetentionPolicy ?? {};
  const isScaledAway = !isInRange(set, pod);
  const by = (owner: KubeObject) =>
    controllerReference(owner.apiVersion, owner.kind, owner.metadata.name, owner.metadata.uid);
  if (isScaledAway && whenScaled === 'Delete') return [by(pod)];
  return whenDeleted === 'Delete' ? [by(set)] : [];
}

/** Sets the owners of a pod's claims. Says whether any changed. */
export function ownClaims(tools: ControllerTools, set: StatefulSet, pod: Pod): boolean {
  const wanted = wantedOwners(set, pod);
  let isChanged = false;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template, ordinalOf(pod));
    const claim = tools.machinery.store.get(RESOURCE, set.metadata.namespace ?? '', name);
    // What a former set or pod of the same name owns is not touched, nor what another controller holds.
    if (!claim || isStale(claim, set) || isStale(claim, pod)) continue;
    const before = claim.metadata.ownerReferences ?? [];
    const others = before.filter((owner) => !names(owner, set) && !names(owner, pod));
    const mine = others.some(({ controller }) => controller === true) ? [] : wanted;
    const isSame =
      before.length === others.length + mine.length &&
      mine.every(({ uid }) => before.some((owner) => owner.uid === uid && owner.controller === true));
    if (isSame) continue;
    isChanged = true;
    change(tools, RESOURCE, claim, (current) => {
      const { ownerReferences: _before, ...metadata } = current.metadata;
      const owners = [...others, ...mine];
      return {
        ...current,
        metadata: owners.length > 0 ? { ...metadata, ownerReferences: owners } : metadata,
      };
    });
  }
  return isChanged;
}
