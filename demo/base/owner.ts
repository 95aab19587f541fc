import type { OwnerReference } from './types.ts';

/** The reference by which a controller owns what it makes. */
export const controllerReference = (
  apiVersion: string,
  kind: string,
  name: string,
  uid: string,
): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});
