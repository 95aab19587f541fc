/**
 * Claims: there, bound or to be bound where the pod goes, and their volumes within reach of the node. How a claim that
 * waits for its first consumer is bound: see Scheduler.
 */
import { array, at, isObject, type JsonObject, object, objects, text } from '../../base/json.ts';
import { parseQuantity } from '../../base/quantity.ts';
import type { KubeObject, NodeObject, Pod } from '../../base/types.ts';
import type { ClusterState } from '../cluster-state.ts';
import { labelOf } from '../node-info.ts';
import { type FilterPlugin, type Refusal, refusal } from '../plugin.ts';
import { matchesNodeTerm } from '../terms.ts';

export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Names of the claims a pod uses, with those made from its ephemeral volumes. */
const claimNames = (pod: Pod) =>
  objects(pod.spec.volumes).flatMap((volume): { name: string; isEphemeral: boolean }[] => {
    const name = text(at(volume, 'persistentVolumeClaim', 'claimName'));
    if (name) return [{ name, isEphemeral: false }];
    return isObject(volume.ephemeral)
      ? [{ name: `${pod.metadata.name}-${text(volume.name)}`, isEphemeral: true }]
      : [];
  });

const isBound = (claim: KubeObject): boolean =>
  text(at(claim, 'spec', 'volumeName')) !== '' &&
  claim.metadata.annotations?.['pv.kubernetes.io/bind-completed'] !== undefined;

const classOf = (claim: KubeObject): string => text(at(claim, 'spec', 'storageClassName'));

/** Why a claim keeps the pod from every node. */
function claimFault(name: string, isEphemeral: boolean, claim: KubeObject | undefined): string | undefined {
  if (!claim)
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  if (at(claim, 'status', 'phase') === 'Lost')
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${text(at(claim, 'spec', 'volumeName'))}"`;
  if (claim.metadata.deletionTimestamp !== undefined)
    return `persistentvolumeclaim "${name}" is being deleted`;
  return undefined;
}

export interface PodClaims {
  bound: KubeObject[];
  /** To be bound where the pod goes. */
  waiting: KubeObject[];
}

/** The pod's claims, or why no node will do. */
export function claimsOfPod(pod: Pod, { store }: ClusterState): PodClaims | { impossible: string } {
  const claims: PodClaims = { bound: [], waiting: [] };
  let hasUnbound = false;
  const found = claimNames(pod).map(({ name, isEphemeral }) => {
    const claim = store.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
    return { claim, fault: claimFault(name, isEphemeral, claim) };
  });
  for (const { claim, fault } of found) {
    if (fault !== undefined || !claim) return { impossible: fault ?? '' };
    const storageClass = store.get('storageclasses.storage.k8s.io', '', classOf(claim));
    const isDelayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer';
    if (isBound(claim) || at(claim, 'status', 'phase') === 'Bound') claims.bound.push(claim);
    else if (isDelayed && text(at(claim, 'spec', 'volumeName')) === '') claims.waiting.push(claim);
    else hasUnbound = true;
  }
  return hasUnbound ? { impossible: 'pod has unbound immediate PersistentVolumeClaims' } : claims;
}

function reaches(volume: KubeObject, node: NodeObject): boolean {
  const required = at(volume, 'spec', 'nodeAffinity', 'required');
  return (
    !isObject(required) || objects(required.nodeSelectorTerms).some((term) => matchesNodeTerm(term, node))
  );
}

function fits(claim: KubeObject, volume: KubeObject, node: NodeObject): boolean {
  const spec = object(volume.spec);
  const size = (from: unknown) => parseQuantity(from);
  return (
    at(volume, 'status', 'phase') === 'Available' &&
    text(spec.storageClassName) === classOf(claim) &&
    array(at(claim, 'spec', 'accessModes')).every((mode) => array(spec.accessModes).includes(mode)) &&
    size(at(spec, 'capacity', 'storage')) >= size(at(claim, 'spec', 'resources', 'requests', 'storage')) &&
    reaches(volume, node)
  );
}

function canProvision(storageClass: KubeObject | undefined, node: NodeObject): boolean {
  const provisioner = text(storageClass?.provisioner);
  if (provisioner === '' || provisioner === NO_PROVISIONER) return false;
  const topologies: JsonObject[] = objects(storageClass?.allowedTopologies);
  return (
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions }) =>
      objects(matchLabelExpressions).every(({ key, values }) =>
        array(values).includes(labelOf(node, text(key))),
      ),
    )
  );
}

export const volumeBinding: FilterPlugin = {
  name: 'VolumeBinding',
  helpedBy: ['storage', 'node-added', 'node-labels'],
  prepare: (pod, cluster) => {
    if (claimNames(pod).length === 0) return undefined;
    const claims = claimsOfPod(pod, cluster);
    if ('impossible' in claims) return claims;
    const { store } = cluster;
    const volumes = claims.waiting.length > 0 ? store.list('persistentvolumes') : [];
    const canBind = (claim: KubeObject, node: NodeObject) => {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined) return selected === node.metadata.name;
      const storageClass = store.get('storageclasses.storage.k8s.io', '', classOf(claim));
      return volumes.some((volume) => fits(claim, volume, node)) || canProvision(storageClass, node);
    };
    return {
      check: ({ node }): Refusal | undefined => {
        const bound = claims.bound.map((claim) =>
          store.get('persistentvolumes', '', text(at(claim, 'spec', 'volumeName'))),
        );
        const reasons: string[] = [];
        if (bound.some((volume) => volume && !reaches(volume, node)))
          reasons.push("node(s) didn't match PersistentVolume's node affinity");
        if (!claims.waiting.every((claim) => canBind(claim, node)))
          reasons.push("node(s) didn't find available persistent volumes to bind");
        if (bound.includes(undefined))
          reasons.push('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
        return reasons.length > 0 ? { ...refusal(''), reasons } : undefined;
      },
    };
  },
};
