import type { Clock } from '../client/clock.ts';
import { apiError } from '../client/errors.ts';
import type { Decision, Right } from './access.ts';

/**
 * Answers for at most 30 s, questions under way shared, at most eight at a time, the rest in a queue with an end.
 * What could not be asked is not kept.
 */
export interface ReviewCache {
  decide(right: Right): Promise<Decision>;
}

const KEEP_MS = 30_000;
const CONCURRENCY = 8;
const MAX_KEPT = 10_000;
const MAX_WAITING = 5_000;

export function createReviewCache(clock: Clock, ask: (right: Right) => Promise<Decision>): ReviewCache {
  const kept = createKeptDecisions(clock);
  const turns = createTurns();
  const asked = new Map<string, Promise<Decision>>();

  async function answer(key: string, right: Right): Promise<Decision> {
    try {
      const decision = (await turns.run(() => ask(right))) ?? TOO_MANY;
      if (decision.error === undefined) kept.keep(key, decision);
      return decision;
    } finally {
      asked.delete(key);
    }
  }

  return {
    decide(right) {
      const key = keyOf(right);
      const known = kept.get(key);
      if (known !== undefined) return Promise.resolve(known);
      const running = asked.get(key);
      if (running !== undefined) return running;
      const question = answer(key, right);
      asked.set(key, question);
      return question;
    },
  };
}

const TOO_MANY: Decision = {
  allowed: false,
  reason: 'Too many questions at once',
  error: apiError({ reason: 'TooManyRequests', message: 'Too many access reviews at once' }),
};

function createKeptDecisions(clock: Clock) {
  // Oldest first: a Map keeps the order in which answers came.
  const kept = new Map<string, { readonly decision: Decision; readonly atMs: number }>();
  const isFresh = (atMs: number) => clock.nowMs() - atMs < KEEP_MS;
  return {
    get(key: string): Decision | undefined {
      const found = kept.get(key);
      return found !== undefined && isFresh(found.atMs) ? found.decision : undefined;
    },
    keep(key: string, decision: Decision): void {
      for (const [old, { atMs }] of kept) {
        if (isFresh(atMs) && kept.size < MAX_KEPT) break;
        kept.delete(old);
      }
      kept.delete(key);
      kept.set(key, { decision, atMs: clock.nowMs() });
    },
  };
}

function createTurns() {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    /** undefined when the queue is full. */
    async run<T>(work: () => Promise<T>): Promise<T | undefined> {
      if (busy < CONCURRENCY) busy++;
      else if (waiting.length >= MAX_WAITING) return undefined;
      // The one that ends hands its place on, so `busy` stays as it is.
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) busy--;
        else next();
      }
    },
  };
}

function keyOf({ verb, group, resource, subresource = '', namespace, name = '' }: Right): string {
  return JSON.stringify([verb, group, resource, subresource, namespace, name]);
}
