/**
 * The control port's commands: plain JSON over HTTP on a second loopback port, behind a random token.
 * `POST /NAME` with a JSON body runs one command and answers `{ ok: true, … }` or `{ ok: false, error }`.
 */
import { type JsonObject, text } from '../base/json.ts';
import type { FaultRegistry, FaultSpec, ServerName } from '../faults/faults.ts';
import type { WatchCache } from '../storage/watch-cache.ts';
import { CommandRefused, readBoolean, readFault, readNumber, readServer } from './read-fault.ts';

export interface ControlledClock {
  freeze(): void;
  resume(): void;
  step(ms: number): void;
  setSpeed(speed: number): void;
  state(): { nowMs: number; isFrozen: boolean; speed: number; timers: number };
}

/** What the commands act on; the composition hands in the real parts. */
export interface ControlTarget {
  faults: FaultRegistry;
  hitWatches(spec: FaultSpec): number;
  compact(): number;
  killConnections(server: ServerName): void;
  pause(server: ServerName): Promise<void>;
  resume(server: ServerName): Promise<void>;
  clock: ControlledClock;
  /** What the second server has seen. */
  cache: WatchCache;
  requests(): JsonObject[];
  clearRequests(): void;
  stats(): JsonObject;
  /** Cuts a node's kubelet off, or lets it be heard again; false when no kubelet of that name ever ran. */
  hush(node: string, isSilent: boolean): boolean;
}

export type Command = (target: ControlTarget, body: JsonObject) => JsonObject | Promise<JsonObject>;

export const COMMANDS: Record<string, Command> = {
  'fault/add': ({ faults, hitWatches }, body) => {
    const spec = readFault(body);
    const fault = faults.add(spec);
    return { fault, watchesHit: hitWatches(spec) };
  },
  'fault/remove': ({ faults }, body) => ({ removed: faults.remove(text(body.id)) }),
  'fault/clear': ({ faults }) => {
    faults.clear();
    return {};
  },
  'fault/list': ({ faults }) => ({ faults: faults.list() }),
  compact: (target) => ({ revision: target.compact() }),
  'kill-connections': (target, { server }) => {
    target.killConnections(readServer(server));
    return {};
  },
  pause: async (target, { server }) => {
    await target.pause(readServer(server));
    return {};
  },
  resume: async (target, { server }) => {
    await target.resume(readServer(server));
    return {};
  },
  'second/lag': ({ cache }, body) => {
    const lagMs = readNumber(body, 'lagMs', 0, 86_400_000);
    const isFrozen = readBoolean(body, 'isFrozen');
    cache.setLag({
      ...(lagMs === undefined ? {} : { lagMs }),
      ...(isFrozen === undefined ? {} : { isFrozen }),
    });
    return cache.state();
  },
  'second/state': ({ cache }) => cache.state(),
  'clock/freeze': ({ clock }) => {
    clock.freeze();
    return clock.state();
  },
  'clock/resume': ({ clock }) => {
    clock.resume();
    return clock.state();
  },
  'clock/step': ({ clock }, body) => {
    clock.step(readNumber(body, 'ms', 0, 366 * 86_400_000) ?? 0);
    return clock.state();
  },
  'clock/speed': ({ clock }, body) => {
    clock.setSpeed(readNumber(body, 'speed', 0.001, 100_000) ?? 1);
    return clock.state();
  },
  'clock/state': ({ clock }) => clock.state(),
  'node/silence': ({ hush }, body) => hushed(hush, body, true),
  'node/revive': ({ hush }, body) => hushed(hush, body, false),
  requests: (target) => ({ requests: target.requests() }),
  'requests/clear': (target) => {
    target.clearRequests();
    return {};
  },
  stats: (target) => target.stats(),
};

function hushed(hush: ControlTarget['hush'], body: JsonObject, isSilent: boolean): JsonObject {
  const node = text(body.node);
  if (!hush(node, isSilent))
    throw new CommandRefused(`there is no kubelet on a node ${JSON.stringify(node)}`);
  return { node, isSilent };
}
