/** Events live an hour, as with the API server's default --event-ttl. */
import { at, text } from '../base/json.ts';
import type { ControllerTools } from './framework/controller.ts';

const TTL_MS = 3_600_000;
const EVERY_MS = 60_000;

export class EventTtl {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(): number {
    const { store, clock } = this.#tools.machinery;
    const oldestMs = clock.now() - TTL_MS;
    for (const event of store.list('events')) {
      const last = Date.parse(
        text(at(event, 'series', 'lastObservedTime')) ||
          text(event.lastTimestamp) ||
          text(event.eventTime) ||
          event.metadata.creationTimestamp,
      );
      if (last < oldestMs) store.delete('events', event);
    }
    return EVERY_MS;
  }
}
