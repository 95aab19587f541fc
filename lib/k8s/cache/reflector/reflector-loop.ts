import { apiError } from '#lib/k8s/client/errors.ts';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import type { Page, Pause, WatchEvent } from '#lib/k8s/codec/codec.ts';
import type { ApiError, MissingRight } from '#lib/resources/api-error.ts';
import type { ConnectionState } from '#lib/resources/connection.ts';
import type { PartialObject } from '#lib/resources/definition.ts';
import { resourceName } from '#lib/resources/resource-type.ts';
import { CONNECTING, type ConnectionEvent, transition } from '../connection.ts';
import { isOlderVersion } from '../resource-version.ts';
import { readList } from './list-round.ts';
import type { ObjectEvent, Reflector, ReflectorOptions } from './reflector.ts';
import { createReflectorCounters } from './reflector-counters.ts';
import { isExpired, retryDelayMs } from './retry-delay.ts';
import { createSlicePause } from './slice-pause.ts';
import { ColumnsChanged, followWatch, SilentWatch } from './watch-round.ts';

const SAMPLE_SECONDS = 30;
const SAMPLES_PER_WATCH = 10;
/** Rows of one slice between two turns of others while a first page goes into the sink. */
const SLICE_ROWS = 100;
/** A watch that lived this long was a success, even when nothing happened: the next loss backs off from the start. */
const SOUND_MS = 5_000;
/** After a fault of our own; trying often would only repeat it. */
const FAULT_MS = 30_000;
/** A request without an answer for this long may have gone to a server that is no more: retry() asks anew. */
const UNANSWERED_MS = 2_000;

export function createReflector(options: ReflectorOptions): Reflector {
  return new ReflectorLoop(options);
}

interface Unanswered {
  /** Aborts the request when it has waited long enough. */
  askAnew(): void;
}

interface FirstAnswer {
  readonly signal: AbortSignal;
  answered(): void;
  /** null when the request was aborted to be asked anew, else throws. */
  rethrow(error: unknown): null;
}

class ReflectorLoop implements Reflector {
  connection: ConnectionState = CONNECTING;
  isSynced = false;
  readonly #options: ReflectorOptions;
  readonly #counters = createReflectorCounters();
  readonly #pause: Pause;
  readonly #listeners = new Set<(connection: ConnectionState) => void>();
  readonly #stopping = new AbortController();
  /** Where the watch goes on; null asks for a LIST. */
  #resourceVersion: string | null = null;
  /** Failures since the last success. */
  #attempt = 0;
  /** Lists asked for since the last success: the first starts at once. */
  #relistAttempt = 0;
  /** Asked while a LIST ran: its rows do not count as the last word. */
  #isRelistAsked = false;
  /** The watch was refused while LIST was allowed. */
  #isWatchRefused = false;
  #sampleCount = 0;
  #wake: (() => void) | null = null;
  #abortWatch: (() => void) | null = null;
  /** Set while a LIST or WATCH waits for its first answer. */
  #unanswered: Unanswered | null = null;
  #isStarted = false;

  constructor(options: ReflectorOptions) {
    this.#options = options;
    this.#pause = createSlicePause(options.clock);
  }

  get stats() {
    return this.#counters.stats;
  }

  onConnection(listener: (connection: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#run().catch((error: unknown) => {
      this.#options.log.warn({ ...this.#about(), message: String(error) }, 'a reflector ended with a fault');
    });
  }

  retry(): void {
    this.#isWatchRefused = false;
    this.#succeeded();
    this.#wake?.();
    this.#unanswered?.askAnew();
  }

  relist(cause: string): void {
    this.#askList(cause);
    this.#abortWatch?.();
  }

  stop(): void {
    this.#stopping.abort();
    this.#wake?.();
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        if (this.#resourceVersion === null) await this.#list();
        else if (this.#isSampled) await this.#sample();
        else await this.#watch(this.#resourceVersion);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        await this.#recover(error).catch((fault: unknown) => this.#recoverFromFault(fault));
      }
    }
  }

  get #isSampled(): boolean {
    const { verbs } = this.#options.listWatch.type;
    // A list without a version cannot be followed: a watch from '' would miss deletions.
    return this.#isWatchRefused || this.#resourceVersion === '' || !verbs.includes('watch');
  }

  async #list(): Promise<void> {
    this.#counters.list();
    this.#isRelistAsked = false;
    const isFirst = !this.isSynced;
    const listed = new Set<string>();
    const held: PartialObject[] = [];
    const first = this.#firstAnswer();
    const take = async (page: Page, number: number, bytes: number): Promise<void> => {
      first.answered();
      this.#counters.page(bytes, page.malformed);
      this.#checkColumns(page, number);
      for (const object of page.items) {
        listed.add(object.metadata.uid);
        const { uid, resourceVersion } = object.metadata;
        if (!isFirst && !this.#options.sink.holds(uid, resourceVersion)) held.push(object);
      }
      if (isFirst) await this.#addSliced(page.items);
      const total = page.remaining < 0 ? 0 : listed.size + page.remaining;
      this.#move({ type: 'listed', read: listed.size, total });
    };
    const round = await readList(this.#options, first.signal, this.#pause, take).catch(first.rethrow);
    if (round === null) return;
    this.#stopping.signal.throwIfAborted();
    this.#options.sink.replace(held, listed);
    this.#resourceVersion = this.#isRelistAsked ? null : round.resourceVersion;
    this.isSynced = true;
    this.#counters.listed(round.answeredMs);
    if (this.#isSampled) this.#succeeded();
    this.#confirm(round.answeredMs);
  }

  #checkColumns(page: Page, number: number): void {
    const { sink } = this.#options;
    if (page.tableColumns === null) return;
    if (number === 1) sink.takeColumns(page.tableColumns);
    else if (!sink.hasColumns(page.tableColumns)) throw new ColumnsChanged('other columns');
  }

  async #addSliced(items: readonly PartialObject[]): Promise<void> {
    for (let start = 0; start < items.length; start += SLICE_ROWS) {
      if (start > 0) await this.#pause();
      this.#stopping.signal.throwIfAborted();
      this.#options.sink.add(items.slice(start, start + SLICE_ROWS));
    }
  }

  async #sample(): Promise<void> {
    await this.#sleep((this.#options.sampleSeconds ?? SAMPLE_SECONDS) * 1_000);
    // The right to watch may have been given meanwhile.
    if (++this.#sampleCount % SAMPLES_PER_WATCH === 0) this.#isWatchRefused = false;
    this.#askList('sampled');
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { clock, sink } = this.#options;
    const controller = new AbortController();
    this.#abortWatch = () => controller.abort();
    const first = this.#firstAnswer();
    const signal = AbortSignal.any([first.signal, controller.signal]);
    const startedMs = clock.nowMs();
    this.#counters.watch();
    try {
      await followWatch(this.#options, resourceVersion, signal, {
        alive: () => {
          first.answered();
          if (clock.nowMs() - startedMs >= SOUND_MS) this.#succeeded();
          this.#confirm(clock.nowMs());
        },
        take: (events) => this.#take(events, (changes) => sink.apply(changes)),
        count: (bytes, malformed) => this.#counters.bytes(bytes, malformed),
      });
    } catch (error) {
      // relist() aborted this watch: the loop goes on with the LIST it asked for.
      if (this.#resourceVersion !== null || !controller.signal.aborted) first.rethrow(error);
    } finally {
      this.#abortWatch = null;
      first.answered();
    }
  }

  /** Until answered() retry() may abort the request; the loop then goes round and asks the same again. */
  #firstAnswer(): FirstAnswer {
    const { clock } = this.#options;
    const controller = new AbortController();
    const startedMs = clock.nowMs();
    const askAnew = (): void => {
      if (clock.nowMs() - startedMs >= UNANSWERED_MS) controller.abort();
    };
    const unanswered: Unanswered = { askAnew };
    this.#unanswered = unanswered;
    return {
      signal: AbortSignal.any([this.#stopping.signal, controller.signal]),
      answered: () => {
        if (this.#unanswered === unanswered) this.#unanswered = null;
      },
      rethrow: (error) => {
        if (this.#stopping.signal.aborted || !controller.signal.aborted) throw error;
        return null;
      },
    };
  }

  /** Events before an ERROR count; the version moves on only after the sink took them, and never back. */
  #take(events: readonly WatchEvent[], apply: (changes: readonly ObjectEvent[]) => void): void {
    const changes: ObjectEvent[] = [];
    let failure: ApiError | null = null;
    let version = this.#resourceVersion ?? '';
    for (const event of events) {
      if (event.type === 'ERROR') {
        failure = event.error;
        break;
      }
      const isBookmark = event.type === 'BOOKMARK';
      const named = isBookmark ? event.resourceVersion : event.object.metadata.resourceVersion;
      if (!isBookmark) changes.push(event);
      if (isBookmark && isOlderVersion(named, version)) {
        failure = apiError({ reason: 'Expired', code: 410, message: 'The API server’s history went back' });
        break;
      }
      if (named !== '' && !isOlderVersion(named, version)) version = named;
    }
    if (changes.length > 0) {
      apply(changes);
      this.#counters.events(changes, this.#options.clock.nowMs());
    }
    if (this.#resourceVersion !== null) this.#resourceVersion = version;
    if (failure !== null) throw new ApiException(failure);
    // Events are progress, so a lost connection backs off from the start; they are no proof that history lasts.
    this.#attempt = 0;
  }

  async #recover(cause: unknown): Promise<void> {
    if (cause instanceof ColumnsChanged) return this.#relistSoon('columns');
    const error = this.#errorOf(cause);
    const isListing = this.#resourceVersion === null;
    if (isExpired(error)) return this.#relistSoon(isListing ? 'continue' : 'expired');
    if (!isListing && (error.code === 404 || error.code === 403 || error.code === 405)) {
      // The LIST tells whether the kind or the right is gone; if it succeeds, only the watch is refused.
      this.#isWatchRefused = error.code !== 404;
      this.#askList(error.code === 404 ? 'watch not found' : 'watch refused');
      return this.#relistAfterDelay(error);
    }
    const delayMs =
      cause instanceof SilentWatch ? 0 : retryDelayMs(error, this.#attempt++, this.#options.random);
    this.#lose(error, isListing, delayMs);
    if (delayMs > 0) await this.#sleep(delayMs);
  }

  /** Rows must not stand there without a watch because of a fault of ours: all are read again, later. */
  async #recoverFromFault(fault: unknown): Promise<void> {
    const error = this.#errorOf(fault);
    this.#askList('fault');
    this.#move({ type: 'lost', retryMs: this.#options.clock.nowMs() + FAULT_MS, error });
    await this.#sleep(FAULT_MS);
  }

  #lose(error: ApiError, isListing: boolean, delayMs: number): void {
    const { clock, sink, log } = this.#options;
    log.info({ ...this.#about(), reason: error.reason, code: error.code, delayMs }, 'a source was lost');
    if (isListing && error.code === 403) {
      this.isSynced = false;
      this.#isWatchRefused = false;
      sink.clear();
      this.#move({ type: 'denied', missing: [this.#missingRight()], error });
    } else if (isListing && error.code === 404) {
      this.#move({ type: 'vanished', atMs: 0 });
    } else {
      this.#move({ type: 'lost', retryMs: delayMs === 0 ? 0 : clock.nowMs() + delayMs, error });
    }
  }

  /** The first relist in a row starts at once, later ones back off: history that expires at once must not storm. */
  async #relistSoon(cause: string): Promise<void> {
    this.#askList(cause);
    this.#options.log.info({ ...this.#about(), cause }, 'reading all rows again');
    await this.#relistAfterDelay();
  }

  async #relistAfterDelay(reason?: ApiError): Promise<void> {
    const { clock, random } = this.#options;
    const failure = apiError({ reason: 'Expired', code: 410, message: 'The API server’s history expired' });
    const attempt = this.#relistAttempt++;
    const delayMs = attempt === 0 ? 0 : retryDelayMs(failure, attempt, random);
    const retryMs = delayMs === 0 ? 0 : clock.nowMs() + delayMs;
    if (this.isSynced) this.#move({ type: 'lost', retryMs, ...(reason && { error: reason }) });
    if (delayMs > 0) await this.#sleep(delayMs);
  }

  #askList(cause: string): void {
    this.#resourceVersion = null;
    this.#isRelistAsked = true;
    this.#counters.relist(cause);
  }

  #succeeded(): void {
    this.#attempt = 0;
    this.#relistAttempt = 0;
  }

  #confirm(nowMs: number): void {
    const sampledSeconds = this.#options.sampleSeconds ?? SAMPLE_SECONDS;
    this.#move({ type: 'confirmed', nowMs, ...(this.#isSampled && { sampledSeconds }) });
  }

  #move(event: ConnectionEvent): void {
    if (this.#stopping.signal.aborted) return;
    this.connection = transition(this.connection, event);
    for (const listener of [...this.#listeners]) listener(this.connection);
  }

  /** Until the time is over, retry() or stop(). */
  async #sleep(delayMs: number): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
    this.#move({ type: 'retrying' });
  }

  #errorOf(cause: unknown): ApiError {
    if (cause instanceof ApiException) return cause.error;
    this.#options.log.warn(
      { ...this.#about(), message: String(cause) },
      'an unexpected fault in a reflector',
    );
    return apiError({
      reason: 'InternalError',
      code: 500,
      message: 'The console could not follow this list',
    });
  }

  #missingRight(): MissingRight {
    const { type, namespace } = this.#options.listWatch;
    return { verb: 'list', group: type.group, resource: type.resource, namespace };
  }

  #about(): { resource: string; namespace: string } {
    const { type, namespace } = this.#options.listWatch;
    return { resource: resourceName(type), namespace };
  }
}
