/** A fault as the control port is asked for it, checked word by word: a misspelt fault would make a test pass. */
import { isObject, type JsonObject, text } from '../base/json.ts';
import {
  CUTS,
  FAULT_KINDS,
  FAULT_SETTINGS,
  type FaultKind,
  type FaultMatch,
  type FaultSpec,
  MALFORMATIONS,
  SERVERS,
} from '../faults/faults.ts';

export class CommandRefused extends Error {}

const MATCH_KEYS = ['verb', 'resource', 'namespace', 'user', 'path', 'server'] as const;
const NUMBERS = ['count', 'durationMs', 'delayMs', 'retryAfterSeconds'] as const;

/** Throws CommandRefused for anything that is not known. */
export function readFault(body: JsonObject): FaultSpec {
  const kind = text(body.kind) as FaultKind;
  if (!FAULT_KINDS.includes(kind)) throw new CommandRefused(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  onlyKeys(
    body,
    ['kind', 'match', 'count', 'durationMs', ...FAULT_SETTINGS[kind]],
    `a fault of kind ${kind}`,
  );
  const spec: FaultSpec = { kind, match: readMatch(body.match) };
  for (const key of NUMBERS) {
    const value = readNumber(body, key, 0, 1e9);
    if (value !== undefined) spec[key] = value;
  }
  const skewSeconds = readNumber(body, 'skewSeconds', -1e9, 1e9);
  if (skewSeconds !== undefined) spec.skewSeconds = skewSeconds;
  if (body.cut !== undefined) spec.cut = readChoice(body, 'cut', CUTS);
  if (body.as !== undefined) spec.as = readChoice(body, 'as', MALFORMATIONS);
  if (body.group !== undefined) spec.group = readText(body, 'group');
  if (kind === 'clock-skew' && skewSeconds === undefined)
    throw new CommandRefused('clock-skew needs skewSeconds');
  if (kind === 'expired-token' && spec.match?.user === undefined)
    throw new CommandRefused('expired-token needs match.user');
  return spec;
}

function readMatch(written: unknown): FaultMatch {
  if (written === undefined) return {};
  if (!isObject(written)) throw new CommandRefused('match must be an object');
  onlyKeys(written, MATCH_KEYS, 'match');
  const match: FaultMatch = {};
  for (const key of MATCH_KEYS) if (written[key] !== undefined) match[key] = readText(written, key);
  if (match.server !== undefined) readServer(match.server);
  return match;
}

function onlyKeys(body: JsonObject, known: readonly string[], what: string): void {
  const stray = Object.keys(body).find((key) => !known.includes(key));
  if (stray !== undefined) throw new CommandRefused(`${what} takes ${known.join(', ')}, not ${stray}`);
}

function readText(body: JsonObject, key: string): string {
  const value = body[key];
  if (typeof value !== 'string') throw new CommandRefused(`${key} must be a text`);
  return value;
}

function readChoice<Choice extends string>(
  body: JsonObject,
  key: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === body[key]);
  if (found === undefined) throw new CommandRefused(`${key} must be one of ${choices.join(', ')}`);
  return found;
}

/** The first server when none is named. */
export const readServer = (server: unknown) => readChoice({ server: server ?? 'first' }, 'server', SERVERS);

export function readNumber(body: JsonObject, key: string, least: number, most: number): number | undefined {
  const value = body[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new CommandRefused(`${key} must be a number from ${least} to ${most}`);
  }
  return value;
}

export function readBoolean(body: JsonObject, key: string): boolean | undefined {
  const value = body[key];
  if (value === undefined || typeof value === 'boolean') return value;
  throw new CommandRefused(`${key} must be true or false`);
}
