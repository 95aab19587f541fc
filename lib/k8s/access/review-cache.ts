import type { Clock } from '../client/clock.ts';
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
  // Oldest first: a Map keeps the order in which answers came.
  const kept = new Map<string, { readonly decision: Decision; readonly atMs: number }>();
  const asked = new Map<string, Promise<Decision>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function inTurn(right: Right): Promise<Decision> {
    if (busy >= CONCURRENCY) {
      if (waiting.length >= MAX_WAITING) return { allowed: false, reason: 'Too many questions at once' };
      // The one that ends hands its place on, so `busy` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else busy++;
    try {
      return await ask(right);
    } finally {
      const next = waiting.shift();
      if (next === undefined) busy--;
      else next();
    }
  }

  async function answer(key: string, right: Right): Promise<Decision> {
    try {
      const decision = await inTurn(right);
      if (decision.error === undefined) keep(key, decision);
      return decision;
    } finally {
      asked.delete(key);
    }
  }

  function keep(key: string, decision: Decision): void {
    const nowMs = clock.nowMs();
    for (const [old, { atMs }] of kept) {
      if (nowMs - atMs < KEEP_MS && kept.size < MAX_KEPT) break;
      kept.delete(old);
    }
    kept.delete(key);
    kept.set(key, { decision, atMs: nowMs });
  }

  return {
    decide(right) {
      const key = keyOf(right);
      const known = kept.get(key);
      if (known !== undefined && clock.nowMs() - known.atMs < KEEP_MS) return Promise.resolve(known.decision);
      const running = asked.get(key);
      if (running !== undefined) return running;
      const question = answer(key, right);
      asked.set(key, question);
      return question;
    },
  };
}

function keyOf({ verb, group, resource, subresource = '', namespace, name = '' }: Right): string {
  return JSON.stringify([verb, group, resource, subresource, namespace, name]);
}
