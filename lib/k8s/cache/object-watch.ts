import { itemCodec } from '#lib/k8s/codec/json-codec.ts';
import type { Connection } from '#lib/resources/connection.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import type { ResourceType } from '#lib/resources/resource-type.ts';
import { CONNECTING } from './connection.ts';
import type { ObjectInformer } from './object-informer.ts';
import type { Reflector, ReflectorOptions, ReflectorSink } from './reflector/reflector.ts';
import { createReflector } from './reflector/reflector-loop.ts';
import { isOlderVersion } from './resource-version.ts';
import { readWholeObject } from './whole-object.ts';

/** An open page is looked at: a kind that cannot be watched is read more often than a list would be. */
const SAMPLE_SECONDS = 10;

/** An ObjectInformer that runs from the start, and what its factory needs beside. */
export interface RunningObjectInformer extends ObjectInformer {
  stop(): void;
}

export type ObjectWatchParts = Pick<ReflectorOptions, 'listWatch' | 'clock' | 'random' | 'log'>;

export function watchObject(
  type: ResourceType,
  name: string,
  parts: ObjectWatchParts,
): RunningObjectInformer {
  return new WatchedObject(type, name, parts);
}

/**
 * connection is the Reflector's, but `gone` while no object has that name: from a complete LIST without it, or its
 * deletion, until an object of that name appears.
 */
class WatchedObject implements RunningObjectInformer {
  object: Readonly<Record<string, unknown>> | null = null;
  connection: Connection = CONNECTING;
  readonly #name: string;
  readonly #reflector: Reflector;
  readonly #listeners = new Set<() => void>();
  /** Of the object shown: '' while there is none. */
  #uid = '';
  #version = '';

  constructor(type: ResourceType, name: string, parts: ObjectWatchParts) {
    this.#name = name;
    this.#reflector = createReflector({
      ...parts,
      codec: itemCodec(readWholeObject(type)),
      sink: this.#sink(),
      fieldSelector: `metadata.name=${escaped(name)}`,
      sampleSeconds: SAMPLE_SECONDS,
    });
    this.#reflector.onConnection(() => this.#update());
    this.#reflector.start();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  retry(): void {
    this.#reflector.retry();
  }

  stop(): void {
    this.#reflector.stop();
    this.#listeners.clear();
  }

  #sink(): ReflectorSink {
    return {
      takeColumns: () => {},
      hasColumns: () => true,
      holds: () => false,
      add: (objects) => {
        for (const object of objects) this.#show(object, true);
      },
      replace: (objects, listed) => {
        for (const object of objects) this.#show(object, true);
        if (this.#uid !== '' && !listed.has(this.#uid)) this.#uid = '';
        this.#update();
      },
      apply: (events) => {
        for (const event of events) {
          if (event.type !== 'DELETED') this.#show(event.object, false);
          else if (event.object.metadata.uid === this.#uid) this.#uid = '';
        }
        this.#update();
      },
      clear: () => {
        this.#uid = '';
        this.object = null;
        this.#update();
      },
    };
  }

  /** A server that ignores field selectors sends others too. */
  #show({ metadata, fields }: PartialObject, isListed: boolean): void {
    if (metadata.name !== this.#name) return;
    const isSame = metadata.uid === this.#uid;
    if (isSame && !isListed && isOlderVersion(metadata.resourceVersion, this.#version)) return;
    this.#uid = metadata.uid;
    this.#version = metadata.resourceVersion;
    this.object = fields;
  }

  #update(): void {
    const { connection, isSynced } = this.#reflector;
    const isAbsent = isSynced && this.#uid === '' && connection.state !== 'forbidden';
    // Cluster time is the heartbeat's to know.
    this.connection = isAbsent ? { state: 'gone', atMs: 0 } : connection;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** As fields.EscapeValue of apimachinery: a role's name may hold what separates selectors. */
function escaped(value: string): string {
  return value.replaceAll(/[\\,=]/g, '\\$&');
}
