/**
 * The control port's commands: plain JSON over HTTP on a second loopback port, behind a random token.
 * `POST /NAME` with a JSON body runs one command and answers `{ ok: true, … }` or `{ ok: false, error }`.
 */
import { isObject, type JsonObject, object, text } from '../base/json.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultMatch,
  type FaultRegistry,
  type FaultSpec,
} from '../faults/faults.ts';

export class CommandRefused extends Error {}

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
  killConnections(): void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  clock: ControlledClock;
  requests(): JsonObject[];
  clearRequests(): void;
  stats(): JsonObject;
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
  'kill-connections': (target) => {
    target.killConnections();
    return {};
  },
  pause: async (target) => {
    await target.pause();
    return {};
  },
  resume: async (target) => {
    await target.resume();
    return {};
  },
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
  requests: (target) => ({ requests: target.requests() }),
  'requests/clear': (target) => {
    target.clearRequests();
    return {};
  },
  stats: (target) => target.stats(),
};

function readNumber(body: JsonObject, key: string, least: number, most: number): number | undefined {
  const value = body[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new CommandRefused(`${key} must be a number from ${least} to ${most}`);
  }
  return value;
}

function readFault(body: JsonObject): FaultSpec {
  const kind = text(body.kind) as FaultKind;
  if (!FAULT_KINDS.includes(kind)) throw new CommandRefused(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  if (body.match !== undefined && !isObject(body.match)) throw new CommandRefused('match must be an object');
  const match: FaultMatch = {};
  for (const [key, value] of Object.entries(object(body.match))) {
    if (!['verb', 'resource', 'user', 'path'].includes(key) || typeof value !== 'string') {
      throw new CommandRefused('match takes verb, resource, user and path, each a text');
    }
    match[key as keyof FaultMatch] = value;
  }
  const spec: FaultSpec = { kind, match };
  for (const key of ['count', 'durationMs', 'delayMs', 'retryAfterSeconds'] as const) {
    const value = readNumber(body, key, 0, 1e9);
    if (value !== undefined) spec[key] = value;
  }
  return spec;
}
