import type { Cell, State } from '../cell.ts';
import {
  ageColumn,
  column,
  imagesColumn,
  imagesOf,
  readyColumn,
  stateColumn,
  tagColumn,
} from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { at, conditionOf, isDictionary, numberAt, textAt } from '../read.ts';
import { failed, leaving, malformed, ok, progress, unknown, warning } from '../states.ts';
import { tagOf } from './pod.ts';
import { refusalWords } from './replica-set.ts';

export const deployment: ResourceDefinition = {
  name: 'deployments.apps',
  kind: 'Deployment',
  wanted: [
    'spec.replicas',
    'spec.paused',
    'spec.strategy.type',
    'spec.template.spec.containers.name',
    'spec.template.spec.containers.image',
    'status.observedGeneration',
    'status.replicas',
    'status.updatedReplicas',
    'status.readyReplicas',
    'status.availableReplicas',
    'status.unavailableReplicas',
    'status.conditions',
  ],
  columns: [
    stateColumn,
    readyColumn,
    column('updated', 'Updated', { type: 'number', priority: 2 }),
    column('available', 'Available', { type: 'number', priority: 2 }),
    tagColumn,
    imagesColumn,
    column('strategy', 'Strategy', { facet: true, priority: 3 }),
    ageColumn,
  ],
  sort: { column: 'state', descending: false },
  project: (object) => {
    const { fields, metadata } = object;
    const images = imagesOf(at(fields, 'spec', 'template', 'spec'));
    const observed = isObserved(object);
    return [
      deploymentState(object),
      replicasCell(object),
      observed ? (numberAt(fields, 'status', 'updatedReplicas') ?? 0) : { unknown: 'not observed yet' },
      observed ? (numberAt(fields, 'status', 'availableReplicas') ?? 0) : { unknown: 'not observed yet' },
      tagOf(images[0] ?? ''),
      images,
      textAt(fields, 'spec', 'strategy', 'type') || null,
      metadata.createdMs,
    ];
  },
  stateOf: deploymentState,
};

/** A status that the controller has not written for this generation says nothing about it. */
function isObserved({ fields, metadata }: PartialObject): boolean {
  return (numberAt(fields, 'status', 'observedGeneration') ?? -1) >= metadata.generation;
}

function replicasCell({ fields }: PartialObject): Cell {
  if (!isDictionary(at(fields, 'status'))) return { unknown: 'status not readable' };
  const wanted = numberAt(fields, 'spec', 'replicas') ?? 1;
  return `${numberAt(fields, 'status', 'readyReplicas') ?? 0}/${wanted}`;
}

/** The order of the questions is kubectl rollout status' (polymorphichelpers/rollout_status.go): observed, deadline, updated, old, available. */
function deploymentState(object: PartialObject): State {
  const { fields, metadata } = object;
  if (!isDictionary(at(fields, 'status'))) return malformed;
  if (metadata.deletedMs > 0) return leaving(metadata);
  if (!isObserved(object)) return progress('Change not seen by the controller yet', 'wait');
  const refused = conditionOf(fields, 'ReplicaFailure');
  if (refused?.status === 'True')
    return failed(`Rollout stuck: ${refusalWords(refused.message, refused.reason)}`);
  const progressing = conditionOf(fields, 'Progressing');
  if (progressing?.status === 'False' && progressing.reason === 'ProgressDeadlineExceeded') {
    return failed('Rollout stuck: no progress within its deadline');
  }
  if (at(fields, 'spec', 'paused') === true) return warning('Paused', 'held');
  return rolloutState(fields);
}

function rolloutState(fields: PartialObject['fields']): State {
  const count = (name: string): number => numberAt(fields, 'status', name) ?? 0;
  const wanted = numberAt(fields, 'spec', 'replicas') ?? 1;
  const [updated, total, available] = [
    count('updatedReplicas'),
    count('replicas'),
    count('availableReplicas'),
  ];
  if (updated < wanted) return progress(`Rolling out, ${updated} of ${wanted} new`);
  if (total > updated) return progress(`Rolling out, ${total - updated} old leaving`);
  if (available < wanted) {
    const isShort = conditionOf(fields, 'Available')?.status === 'False';
    return isShort
      ? failed(`${available} of ${wanted} available`)
      : progress(`${available} of ${wanted} available`);
  }
  if (wanted === 0) return ok('Scaled to 0', 'held');
  const verdict = conditionOf(fields, 'Available');
  if (verdict === undefined) return unknown('Availability not reported');
  return ok(`Ready, ${available} of ${wanted}`);
}
