/** One event, two groups: core/v1 is what is stored, events.k8s.io/v1 is worked out from it and back. */
import { isObject, type JsonObject, object, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';

const views = new WeakMap<KubeObject, KubeObject>();

export function asEventsV1(event: KubeObject): KubeObject {
  let view = views.get(event);
  if (!view) {
    view = convert(event);
    views.set(event, view);
  }
  return view;
}

function convert(event: KubeObject): KubeObject {
  const {
    kind: _kind,
    apiVersion: _version,
    metadata,
    involvedObject,
    message,
    source,
    firstTimestamp,
    lastTimestamp,
    count,
    reportingComponent,
    ...rest
  } = event;
  const view: JsonObject = {
    ...rest,
    eventTime: event.eventTime ?? null,
    regarding: involvedObject,
    note: message,
    reportingController: text(reportingComponent) || text(object(source).component),
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  };
  return { kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata, ...dropUndefined(view) };
}

/** A posted events.k8s.io/v1 event in the stored form. */
export function fromEventsV1(body: JsonObject): JsonObject {
  const {
    regarding,
    note,
    reportingController,
    deprecatedSource,
    deprecatedFirstTimestamp,
    deprecatedLastTimestamp,
    deprecatedCount,
    ...rest
  } = body;
  return dropUndefined({
    ...rest,
    kind: 'Event',
    apiVersion: 'v1',
    involvedObject: isObject(regarding) ? regarding : undefined,
    message: note,
    reportingComponent: reportingController,
    source: deprecatedSource,
    firstTimestamp: deprecatedFirstTimestamp,
    lastTimestamp: deprecatedLastTimestamp,
    count: deprecatedCount,
  });
}

const dropUndefined = (value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
