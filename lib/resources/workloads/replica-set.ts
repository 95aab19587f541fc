import type { Cell, State } from '../cell.ts';
import {
  ageColumn,
  column,
  controllerName,
  imagesColumn,
  imagesOf,
  ownerColumn,
  readyColumn,
  stateColumn,
  tagColumn,
} from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { at, conditionOf, isDictionary, numberAt } from '../read.ts';
import { failed, leaving, malformed, ok, progress } from '../states.ts';
import { tagOf } from './pod.ts';

export const replicaSet: ResourceDefinition = {
  name: 'replicasets.apps',
  kind: 'ReplicaSet',
  wanted: [
    'spec.replicas',
    'spec.template.spec.containers.name',
    'spec.template.spec.containers.image',
    'status.observedGeneration',
    'status.replicas',
    'status.readyReplicas',
    'status.availableReplicas',
    'status.conditions',
  ],
  columns: [
    stateColumn,
    ownerColumn,
    readyColumn,
    column('desired', 'Desired', { type: 'number', priority: 2 }),
    tagColumn,
    imagesColumn,
    ageColumn,
  ],
  sort: { column: 'state', descending: false },
  project: (object) => {
    const { fields, metadata } = object;
    const images = imagesOf(at(fields, 'spec', 'template', 'spec'));
    return [
      replicaSetState(object),
      controllerName(metadata),
      readyCell(object),
      wantedOf(object),
      tagOf(images[0] ?? ''),
      images,
      metadata.createdMs,
    ];
  },
  stateOf: replicaSetState,
};

function wantedOf({ fields }: PartialObject): number {
  return numberAt(fields, 'spec', 'replicas') ?? 1;
}

function readyCell(object: PartialObject): Cell {
  if (!isDictionary(at(object.fields, 'status'))) return { unknown: 'status not readable' };
  return `${numberAt(object.fields, 'status', 'readyReplicas') ?? 0}/${wantedOf(object)}`;
}

function replicaSetState(object: PartialObject): State {
  const { fields, metadata } = object;
  if (!isDictionary(at(fields, 'status'))) return malformed;
  if (metadata.deletedMs > 0) return leaving(metadata);
  if ((numberAt(fields, 'status', 'observedGeneration') ?? -1) < metadata.generation) {
    return progress('Change not seen by the controller yet', 'wait');
  }
  const refused = conditionOf(fields, 'ReplicaFailure');
  if (refused?.status === 'True')
    return failed(`Pods refused: ${refusalWords(refused.message, refused.reason)}`);
  const wanted = wantedOf(object);
  const [total, ready] = [
    numberAt(fields, 'status', 'replicas') ?? 0,
    numberAt(fields, 'status', 'readyReplicas') ?? 0,
  ];
  if (total > wanted) return progress(`${total - wanted} more leaving`);
  if (wanted === 0) return ok('Not in use', 'done');
  return ready < wanted ? progress(`${ready} of ${wanted} ready`) : ok(`Ready, ${ready} of ${wanted}`);
}

/** Why the API server refused pods, short: the quota's name where it was one, else the message. */
export function refusalWords(message: string, reason: string): string {
  const quota = /exceeded quota: ([^,\s]+)/.exec(message)?.[1];
  if (quota !== undefined) return `quota ${quota}`;
  return message === '' ? reason || 'no reason given' : message;
}
