import type { ServerResponse } from 'node:http';
import type { Format, Pages } from './pages.ts';
import { podJson } from './pods.ts';

interface Watch {
  readonly format: Format;
  /** '': all. */
  readonly namespace: string;
  readonly response: ServerResponse;
}

/** Changes are made in steps of this time; a step's events go out together, as a loaded API server's do. */
const STEP_MS = 20;

/**
 * A restart count that tells when it was made, to 10 ms within the last 10 s: the one number of a change that every
 * client shows.
 */
export const stampOf = (wallMs: number): number => Math.floor(wallMs / 10) % 1_000;

/** How long ago a restart count was made, ms. */
export const ageOfStamp = (stamp: number, wallMs: number): number =>
  ((Math.floor(wallMs / 10) - stamp + 1_000) % 1_000) * 10;

/** The open watches, and what happens in them: pods whose restart count changes. */
export class Watches {
  /** Events made so far. */
  sent = 0;
  readonly #pages: Pages;
  readonly #open = new Set<Watch>();
  #others = 0;
  /** The versions clients have are no longer known, until they list again. */
  isCompacted = false;
  #version: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#version = pages.resourceVersion;
  }

  get open(): number {
    return this.#open.size + this.#others;
  }

  add(format: Format, namespace: string, response: ServerResponse, timeoutSeconds: number): void {
    const watch = { format, namespace, response };
    this.#open.add(watch);
    const end = setTimeout(() => {
      response.write(this.#bookmark(format));
      response.end();
    }, timeoutSeconds * 1_000);
    response.once('close', () => {
      clearTimeout(end);
      this.#open.delete(watch);
    });
  }

  /** A watch in which nothing ever happens. */
  addEmpty(kind: string, response: ServerResponse, timeoutSeconds: number): void {
    const metadata = { resourceVersion: String(this.#version) };
    const bookmark = { type: 'BOOKMARK', object: { kind, apiVersion: 'v1', metadata } };
    const end = setTimeout(() => response.end(`${JSON.stringify(bookmark)}\n`), timeoutSeconds * 1_000);
    this.#others++;
    response.once('close', () => {
      this.#others--;
      clearTimeout(end);
    });
  }

  /** Changes a second from now on; 0 ends it. Pods are taken in an order that touches all of the cluster. */
  churn(perSecond: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (perSecond === 0) return;
    const startedMs = performance.now();
    let made = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedMs) * perSecond) / 1_000);
      this.#change(due - made);
      made = due;
    }, STEP_MS);
  }

  /** Ends all watches without a word. */
  drop(): void {
    for (const { response } of this.#open) response.destroy();
  }

  /** Ends all watches as compaction does: they cannot be taken up again where they ended. */
  expire(): void {
    this.isCompacted = true;
    this.drop();
  }

  #change(count: number): void {
    const made = new Map<Watch, Buffer[]>();
    for (const watch of this.#open) made.set(watch, []);
    for (let step = 0; step < count; step++) {
      const pod = this.#changedPod();
      const { namespace } = pod.metadata as { namespace: string };
      const encoded = new Map<Format, Buffer>();
      for (const [watch, events] of made) {
        if (watch.namespace !== '' && watch.namespace !== namespace) continue;
        const event = encoded.get(watch.format) ?? this.#pages.event(watch.format, 'MODIFIED', pod);
        encoded.set(watch.format, event);
        events.push(event);
      }
      this.sent++;
    }
    for (const [watch, events] of made) if (events.length > 0) watch.response.write(Buffer.concat(events));
  }

  #changedPod(): Record<string, unknown> {
    this.#version++;
    const number = (this.#version * 7_919) % this.#pages.pods;
    const pod = podJson(number, this.#version);
    const { containerStatuses } = pod.status as { containerStatuses: { restartCount: number }[] };
    for (const status of containerStatuses) status.restartCount = stampOf(Date.now());
    return pod;
  }

  #bookmark(format: Format): Buffer {
    return this.#pages.event(format, 'BOOKMARK', { metadata: { resourceVersion: String(this.#version) } });
  }
}
