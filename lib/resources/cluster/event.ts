import type { Cell, State } from '../cell.ts';
import { column } from '../columns.ts';
import type { PartialObject, ResourceDefinition } from '../definition.ts';
import { instantAt, numberAt, textAt } from '../read.ts';
import { ok, unknown, warning } from '../states.ts';

/**
 * core/v1 Events. An event has no health of its own: its glyph only says whether its writer called it a warning.
 * Hidden columns carry what joins need.
 */
export const event: ResourceDefinition = {
  name: 'events',
  kind: 'Event',
  wanted: [
    'type',
    'reason',
    'message',
    'count',
    'firstTimestamp',
    'lastTimestamp',
    'eventTime',
    'series',
    'source',
    'reportingComponent',
    'involvedObject',
  ],
  columns: [
    column('lastSeen', 'Last seen', { type: 'time' }),
    column('reason', 'Reason', { type: 'state', searched: true }),
    column('object', 'Object', { searched: true }),
    column('message', 'Message', { searched: true }),
    column('count', 'Count', { type: 'number', priority: 2 }),
    column('type', 'Type', { facet: true, priority: 3 }),
    column('involvedKind', 'Kind of object', { facet: true, priority: 3 }),
    column('source', 'Source', { searched: true, priority: 3 }),
    column('firstSeen', 'First seen', { type: 'time', priority: 3 }),
    column('involvedUid', 'Uid of object', { priority: 0 }),
    column('involvedName', 'Name of object', { priority: 3 }),
  ],
  sort: { column: 'lastSeen', descending: true },
  project: (object) => {
    const { fields } = object;
    const kind = textAt(fields, 'involvedObject', 'kind');
    const name = textAt(fields, 'involvedObject', 'name');
    return [
      lastSeenOf(object),
      eventState(object),
      `${kind} ${name}`.trim() || null,
      textAt(fields, 'message') || null,
      countOf(object),
      textAt(fields, 'type') || null,
      kind || null,
      textAt(fields, 'source', 'component') || textAt(fields, 'reportingComponent') || null,
      instantAt(fields, 'firstTimestamp') || instantAt(fields, 'eventTime') || object.metadata.createdMs,
      textAt(fields, 'involvedObject', 'uid') || null,
      name || null,
    ];
  },
  stateOf: eventState,
};

/** Newest of what the two event APIs write: lastTimestamp, series, eventTime. */
function lastSeenOf({ fields, metadata }: PartialObject): number {
  const newest = Math.max(
    instantAt(fields, 'lastTimestamp'),
    instantAt(fields, 'series', 'lastObservedTime'),
    instantAt(fields, 'eventTime'),
  );
  return newest > 0 ? newest : metadata.createdMs;
}

function countOf({ fields }: PartialObject): Cell {
  return numberAt(fields, 'series', 'count') ?? numberAt(fields, 'count') ?? 1;
}

function eventState({ fields }: PartialObject): State {
  const reason = textAt(fields, 'reason') || 'No reason given';
  const type = textAt(fields, 'type');
  if (type === 'Warning') return warning(reason);
  return type === 'Normal' ? ok(reason, 'done') : unknown(reason);
}
