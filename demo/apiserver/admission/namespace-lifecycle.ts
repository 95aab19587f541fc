/** Namespaces and custom kinds: nothing new in one that is missing or leaving, and three that may not be deleted. */
import { at } from '../../base/json.ts';
import { DEFINITIONS } from '../definitions/definition-faults.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { ApiError, forbidden, notFound } from '../meta/status.ts';
import { type AdmissionRequest, refuse } from './request.ts';

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** A definition on its way out takes no new objects. */
export function admitIntoKind(request: AdmissionRequest): void {
  const { machinery, type } = request;
  const definition = type.custom && machinery.store.get(DEFINITIONS, '', type.key);
  if (definition?.metadata.deletionTimestamp !== undefined)
    throw refuse(request, 'create not allowed while custom resource definition is terminating');
}

export function admitIntoNamespace(request: AdmissionRequest): void {
  const { machinery, type, value } = request;
  const { namespace } = value.metadata;
  if (!type.namespaced || !namespace) return;
  const holder = machinery.store.get('namespaces', '', namespace);
  if (!holder) throw notFound({ group: '', resource: 'namespaces', kind: 'Namespace' }, namespace);
  if (at(holder, 'status', 'phase') !== 'Terminating') return;
  const { code, reason, message, details } = refuse(
    request,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw new ApiError(code, reason, message, { ...details, causes: [cause] });
}

export function admitDelete(type: ResourceType, name: string): void {
  if (type.key === 'namespaces' && IMMORTAL.has(name))
    throw forbidden(type, name, 'this namespace may not be deleted');
}
