/**
 * The JSON text of an object, worked out once and shared by all lists and watches: objects in the store never change.
 * What has not been asked for in a while is forgotten, so that the texts of a large cluster do not fill the memory.
 */
import type { KubeObject } from '../../base/types.ts';
import { asEventsV1 } from './events-view.ts';
import type { ResourceType } from './kinds.ts';

/** How many characters each generation of the cache holds: all of a small cluster, and a part of a large one. */
const GENERATION_CHARS = 24_000_000;

/** What was used in the present generation or the one before it. */
class Texts {
  #young = new Map<KubeObject, string>();
  #old = new Map<KubeObject, string>();
  #chars = 0;

  get(object: KubeObject): string | undefined {
    const young = this.#young.get(object);
    if (young !== undefined) return young;
    const old = this.#old.get(object);
    if (old !== undefined) this.set(object, old);
    return old;
  }

  set(object: KubeObject, written: string): void {
    if (this.#chars > GENERATION_CHARS) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#chars = 0;
    }
    this.#young.set(object, written);
    this.#chars += written.length;
  }
}

const tails = new Texts();

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
