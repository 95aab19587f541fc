import type { ServerResponse } from 'node:http';
import type { Format, Pages } from './pages.ts';
import { podJson } from './pods.ts';

interface Watch {
  readonly format: Format;
  readonly response: ServerResponse;
}

/** Changes are made in steps of this time; a step's events go out together, as a loaded API server's do. */
const STEP_MS = 20;

/** The open watches, and what happens in them: pods whose restart count and label `stamp` change. */
export class Watches {
  /** Events made so far. */
  sent = 0;
  readonly #pages: Pages;
  readonly #open = new Set<Watch>();
  #version: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(pages: Pages) {
    this.#pages = pages;
    this.#version = pages.resourceVersion;
  }

  get open(): number {
    return this.#open.size;
  }

  add(format: Format, response: ServerResponse, timeoutSeconds: number): void {
    const watch = { format, response };
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
    response.once('close', () => clearTimeout(end));
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

  /** Ends all watches as compaction does. */
  expire(): void {
    const status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'Expired',
      code: 410,
    };
    for (const { format, response } of this.#open) {
      // The one answer that comes as JSON here whatever was asked: a client must not care.
      if (format === 'protobuf') response.destroy();
      else response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    }
  }

  #change(count: number): void {
    const made = new Map<Format, Buffer[]>();
    for (const { format } of this.#open) made.set(format, []);
    for (let step = 0; step < count; step++) {
      const pod = this.#changedPod();
      for (const [format, events] of made) events.push(this.#pages.event(format, 'MODIFIED', pod));
      this.sent++;
    }
    for (const { format, response } of this.#open) response.write(Buffer.concat(made.get(format) ?? []));
  }

  #changedPod(): Record<string, unknown> {
    this.#version++;
    const number = (this.#version * 7_919) % this.#pages.pods;
    const pod = podJson(number, this.#version);
    const metadata = pod.metadata as { labels: Record<string, string> };
    metadata.labels.stamp = String(Date.now());
    const { containerStatuses } = pod.status as { containerStatuses: { restartCount: number }[] };
    for (const status of containerStatuses) status.restartCount = this.#version % 1_000;
    return pod;
  }

  #bookmark(format: Format): Buffer {
    return this.#pages.event(format, 'BOOKMARK', { metadata: { resourceVersion: String(this.#version) } });
  }
}
