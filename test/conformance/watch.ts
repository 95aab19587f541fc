/** One watch stream, as it comes off the wire: a JSON object a line, in order, until the server or the case ends it. */
import type { Dispatcher } from 'undici';
import type { WatchEvent } from './kube-types.ts';

export interface Watch {
  code: number;
  /** All events so far, in order. */
  events: WatchEvent[];
  /** Milliseconds on the monotonic clock at which the stream was opened. */
  openedAtMs: number;
  /** Body of an answer that is no stream (code other than 200). */
  refusal: unknown;
  /** Resolves when enough of the events so far satisfy the case; fails after 10 s or when the stream ends first. */
  until(what: string, enough: (events: WatchEvent[]) => boolean): Promise<WatchEvent[]>;
  /** Resolves when the server ended the stream cleanly; rejects when the connection broke. */
  ended: Promise<void>;
  close(): void;
}

interface WatchRequest {
  origin: string;
  path: string;
  headers: Record<string, string>;
}

const patienceMs = 10_000;

export async function openWatch(dispatcher: Dispatcher, wanted: WatchRequest): Promise<Watch> {
  const abort = new AbortController();
  const openedAtMs = performance.now();
  const { statusCode, body } = await dispatcher.request({ ...wanted, method: 'GET', signal: abort.signal });
  const events: WatchEvent[] = [];
  if (statusCode !== 200) {
    const refusal: unknown = await body.json();
    const none = (): Promise<never> => Promise.reject(new Error(`watch was refused with ${statusCode}`));
    return {
      code: statusCode,
      events,
      openedAtMs,
      refusal,
      until: none,
      ended: Promise.resolve(),
      close: () => {},
    };
  }
  const listeners = new Set<() => void>();
  let isOver = false;
  const notify = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const ended = readLines(body, (event) => {
    events.push(event);
    notify();
  }).finally(() => {
    isOver = true;
    notify();
  });
  ended.catch(() => {}); // a case that closes the watch itself does not look at how it ended
  const until: Watch['until'] = (what, enough) =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const fail = (why: string): void =>
        finish(() => reject(new Error(`${what}: ${why}; events so far: ${summary(events)}`)));
      const look = (): void => {
        if (enough(events)) finish(() => resolve([...events]));
        else if (isOver) fail('the stream ended');
      };
      const timer = setTimeout(() => fail(`not within ${patienceMs / 1000} s`), patienceMs);
      listeners.add(look);
      look();
    });
  return { code: 200, events, openedAtMs, refusal: undefined, until, ended, close: () => abort.abort() };
}

async function readLines(body: AsyncIterable<Buffer>, onEvent: (event: WatchEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onEvent(JSON.parse(line) as WatchEvent);
  }
  if (rest.trim() !== '') throw new Error(`the stream ended inside an event: ${rest.slice(0, 200)}`);
}

function summary(events: WatchEvent[]): string {
  return (
    events.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.kind}`).join(', ') || 'none'
  );
}
