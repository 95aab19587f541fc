import type { PartialMetadata } from '#lib/resources/definition.ts';

/** What readers use of metadata. resourceVersion, generation and lastChange change with every heartbeat: not here. */
export function sameMetadata(a: PartialMetadata, b: PartialMetadata): boolean {
  return (
    a.name === b.name &&
    a.namespace === b.namespace &&
    a.createdMs === b.createdMs &&
    a.deletedMs === b.deletedMs &&
    a.deletionGraceSeconds === b.deletionGraceSeconds &&
    sameLabels(a.labels, b.labels) &&
    sameList(a.finalizers, b.finalizers) &&
    sameOwners(a, b)
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, at) => item === b[at]));
}

export function sameLabels(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function sameOwners(a: PartialMetadata, b: PartialMetadata): boolean {
  const [left, right] = [a.ownerReferences, b.ownerReferences];
  if (left === right) return true;
  if (left.length !== right.length) return false;
  return left.every((owner, at) => {
    const other = right[at];
    return (
      other !== undefined &&
      owner.uid === other.uid &&
      owner.name === other.name &&
      owner.kind === other.kind &&
      owner.apiVersion === other.apiVersion &&
      owner.controller === other.controller
    );
  });
}
