import type { PartialObject } from '#lib/resources/definition.ts';
import type { ObjectReference } from '#lib/resources/resource-type.ts';

/** What a deletion means for this object, before it is asked for. Pure; counts of what goes with it come live. */
export interface DeleteWords {
  readonly consequence: string;
  /** The name must be typed: nothing brings these back. */
  readonly typesName: boolean;
}

export function deleteWords(reference: ObjectReference, object: PartialObject): DeleteWords {
  const controller = object.metadata.ownerReferences.find((owner) => owner.controller);
  switch (reference.resource) {
    case 'namespaces':
      return {
        consequence: 'Everything in it goes, in no safe order, and it cannot be undone.',
        typesName: true,
      };
    case 'nodes':
      return {
        consequence:
          'The node leaves the cluster’s list, and the pods on it are deleted after it. The machine itself keeps running, and its kubelet may register it again.',
        typesName: true,
      };
    case 'pods':
      return {
        consequence:
          controller === undefined
            ? 'Nothing makes it again: this pod has no controller.'
            : `It is stopped within its grace period. ${controller.kind} ${controller.name} makes another in its place.`,
        typesName: false,
      };
    default:
      return {
        consequence:
          controller === undefined
            ? 'It cannot be undone.'
            : `${controller.kind} ${controller.name} controls it and may make it again.`,
        typesName: false,
      };
  }
}

/** The same with kubectl. Names of Kubernetes objects need no quoting in a shell, others get it. */
export function kubectlDelete(reference: ObjectReference, context: string): string {
  const parts = ['kubectl', 'delete', reference.resource, reference.name];
  if (reference.namespace !== '') parts.push('--namespace', reference.namespace);
  if (context !== '') parts.push('--context', context);
  return parts.map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[A-Za-z0-9._:/@=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
