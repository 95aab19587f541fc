import { apiError, invalidAnswer } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { RawAnswer } from '#lib/k8s/client/list-watch.ts';
import type { Page, Pause } from '#lib/k8s/codec/codec.ts';
import { deadline } from './deadline.ts';
import type { ReflectorOptions } from './reflector.ts';

/** One page has to come within this time; the transport itself sets no limit on a body. */
const PAGE_TIMEOUT_MS = 60_000;
/** Five million objects at 500 a page. Whoever names ever new pages would otherwise fill the memory. */
export const MOST_PAGES = 10_000;

export interface ListRound {
  readonly resourceVersion: string;
  /** Monotonic clock of the first page's answer: what was listed was true then. */
  readonly answeredMs: number;
}

/**
 * One LIST chain. Page n+1 is asked for before page n is decoded; `take` gets the pages in order and is awaited.
 * Whatever throws ends the chain, requests under way included.
 */
export async function readList(
  options: ReflectorOptions,
  signal: AbortSignal,
  pause: Pause,
  take: (page: Page, number: number, bytes: number) => Promise<void>,
): Promise<ListRound> {
  const chain = new AbortController();
  const abort = (): void => chain.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await followPages(options, chain, pause, take);
  } finally {
    signal.removeEventListener('abort', abort);
    chain.abort();
  }
}

async function followPages(
  options: ReflectorOptions,
  chain: AbortController,
  pause: Pause,
  take: (page: Page, number: number, bytes: number) => Promise<void>,
): Promise<ListRound> {
  let token = '';
  let asked: Promise<RawAnswer> | null = askPage(options, token, chain.signal);
  let first: ListRound | null = null;
  for (let number = 1; asked !== null; number++) {
    if (number > MOST_PAGES) throw invalidAnswer(`The API server's list has more than ${MOST_PAGES} pages`);
    const answer: RawAnswer = await asked;
    const answeredMs = options.clock.nowMs();
    const ahead = options.codec.peekContinue(answer.body) ?? '';
    asked = ahead === '' ? null : askPage(options, ahead, chain.signal);
    const page = await options.codec.decodePage(answer.body, pause);
    if (page.continue !== '' && page.continue === token) {
      throw invalidAnswer('The API server named the same next page twice');
    }
    token = page.continue;
    if (token !== ahead) asked = token === '' ? null : askPage(options, token, chain.signal);
    first ??= { resourceVersion: page.resourceVersion, answeredMs };
    await take(page, number, answer.body.length);
  }
  if (first === null) throw invalidAnswer('The API server answered a list without a page');
  return first;
}

function askPage(options: ReflectorOptions, token: string, signal: AbortSignal): Promise<RawAnswer> {
  const { listWatch, codec, clock, pageSize = 500, fieldSelector } = options;
  const limit = deadline(clock, signal);
  limit.restart(PAGE_TIMEOUT_MS);
  const asked = listWatch
    .list({
      accept: codec.accept,
      limit: pageSize,
      signal: limit.signal,
      ...(token !== '' && { continue: token }),
      ...(fieldSelector !== undefined && { fieldSelector }),
    })
    .catch((error: unknown) => {
      if (!limit.isOver) throw error;
      const message = `The API server did not answer a list within ${PAGE_TIMEOUT_MS / 1_000} s`;
      throw new ApiException(apiError({ reason: 'Unreachable', message }));
    })
    .finally(limit.end);
  // A page asked ahead may fail before somebody waits for it; the one who does still sees the error.
  asked.catch(() => {});
  return asked;
}
