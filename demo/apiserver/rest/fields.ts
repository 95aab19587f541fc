/** Which fields of a kind can be selected on, and the filter a list or watch asks for. */
import { at, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import {
  type FieldTerm,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../../storage/selectors.ts';
import type { ResourceType } from '../meta/kinds.ts';
import { badRequest } from '../meta/status.ts';

const EVENT_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
  (field) => `involvedObject.${field}`,
);

const FIELDS: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [...EVENT_FIELDS, 'reason', 'reportingComponent', 'source', 'type'],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  services: ['spec.clusterIP', 'spec.type'],
};

export type Filter = (object: KubeObject) => boolean;

/** The filter of a list or watch, or undefined when it asks for everything. Throws ApiError 400. */
export function readFilter(type: ResourceType, query: URLSearchParams): Filter | undefined {
  try {
    const labels = parseLabelSelector(query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
    for (const { field } of fields) checkField(type, field);
    if (labels.length === 0 && fields.length === 0) return undefined;
    return (object) =>
      matchesLabels(labels, object.metadata.labels) && fields.every((term) => matchesField(object, term));
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function checkField(type: ResourceType, field: string): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && type.namespaced)) return;
  if (FIELDS[type.key]?.includes(field) || type.custom?.selectable.includes(field)) return;
  // Kinds with selectable fields of their own word it one way, all others another.
  if (FIELDS[type.key] || type.custom) throw badRequest(`field label not supported: ${field}`);
  const known = '"metadata.name", "metadata.namespace"';
  throw badRequest(`${JSON.stringify(field)} is not a known field selector: only ${known}`);
}

function matchesField(object: KubeObject, { field, isEqual, value }: FieldTerm): boolean {
  return (fieldValue(object, field) === value) === isEqual;
}

function fieldValue(object: KubeObject, field: string): string {
  if (field === 'source') return text(at(object, 'source', 'component')) || text(object.reportingComponent);
  const found = at(object, ...field.split('.'));
  // Flags that are not set read as false, as the real conversion prints them.
  if (field === 'spec.unschedulable' || field === 'spec.hostNetwork') return String(found === true);
  return found === undefined || found === null ? '' : String(found);
}
