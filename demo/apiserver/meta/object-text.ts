/**
 * The JSON text of an object, worked out once and shared by all lists and watches: objects in the store never change.
 */
import type { KubeObject } from '../../base/types.ts';
import { asEventsV1 } from './events-view.ts';
import type { ResourceType } from './kinds.ts';

const tails = new WeakMap<KubeObject, string>();

/** The object's text behind kind and apiVersion: `"metadata":{…},…}`. */
function tail(object: KubeObject): string {
  let written = tails.get(object);
  if (written === undefined) {
    const { kind: _kind, apiVersion: _version, ...rest } = object;
    written = JSON.stringify(rest).slice(1);
    tails.set(object, written);
  }
  return written;
}

export const textHead = (kind: string, apiVersion: string) =>
  `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;

/** The object in the version and group it was asked for. */
export function objectText(type: ResourceType, stored: KubeObject): string {
  const object = type.group === 'events.k8s.io' ? asEventsV1(stored) : stored;
  return textHead(type.kind, type.apiVersion) + tail(object);
}

/** As a list's item: built-in kinds come without kind and apiVersion, custom ones with them. */
export function itemText(type: ResourceType, stored: KubeObject): string {
  if (type.custom) return objectText(type, stored);
  return `{${tail(type.group === 'events.k8s.io' ? asEventsV1(stored) : stored)}`;
}

export const metadataText = (object: KubeObject): string =>
  `${textHead('PartialObjectMetadata', 'meta.k8s.io/v1')}"metadata":${JSON.stringify(object.metadata)}}`;
