import type { Cell } from '../cell.ts';
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
import { at, listAt, numberAt, textAt } from '../read.ts';
import { podState, shortImage } from './pod-state.ts';

export const pod: ResourceDefinition = {
  name: 'pods',
  kind: 'Pod',
  wanted: [
    'spec.nodeName',
    'spec.containers.name',
    'spec.containers.image',
    'spec.initContainers.name',
    'spec.initContainers.restartPolicy',
    'status.phase',
    'status.reason',
    'status.message',
    'status.podIP',
    'status.qosClass',
    'status.conditions',
    'status.containerStatuses',
    'status.initContainerStatuses',
  ],
  columns: [
    stateColumn,
    readyColumn,
    column('restarts', 'Restarts', { type: 'number' }),
    column('node', 'Node', { facet: true, searched: true, priority: 2, link: 'nodes' }),
    tagColumn,
    column('ip', 'Pod IP', { type: 'code', searched: true, priority: 3 }),
    imagesColumn,
    { ...ownerColumn, priority: 3 },
    ageColumn,
  ],
  sort: { column: 'state', descending: false },
  project: (object) => {
    const images = imagesOf(at(object.fields, 'spec'));
    return [
      podState(object),
      readyOf(object),
      restartsOf(object),
      textAt(object.fields, 'spec', 'nodeName') || null,
      tagOf(images[0] ?? ''),
      textAt(object.fields, 'status', 'podIP') || null,
      images,
      controllerName(object.metadata),
      object.metadata.createdMs,
    ];
  },
  stateOf: podState,
};

function readyOf({ fields }: PartialObject): Cell {
  const total = listAt(fields, 'spec', 'containers').length;
  if (total === 0) return { unknown: 'spec.containers not readable' };
  const ready = listAt(fields, 'status', 'containerStatuses').filter(
    (status) => at(status, 'ready') === true,
  );
  return `${ready.length}/${total}`;
}

/** As kubectl counts: containers, and init containers that are sidecars. */
function restartsOf({ fields }: PartialObject): Cell {
  const statuses = [
    ...listAt(fields, 'status', 'containerStatuses'),
    ...listAt(fields, 'status', 'initContainerStatuses'),
  ];
  return statuses.reduce((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
}

/** 'shop/checkout-api:4.19.0' → '4.19.0'; a digest is cut to twelve figures; no tag means latest. */
export function tagOf(image: string): Cell {
  if (image === '') return null;
  const [reference, digest] = image.split('@');
  const name = shortImage(reference ?? '');
  const colon = name.indexOf(':');
  if (colon >= 0) return name.slice(colon + 1);
  return digest === undefined ? 'latest' : digest.replace(/^sha256:/, '').slice(0, 12);
}
