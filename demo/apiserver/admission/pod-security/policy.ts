/** What a namespace's labels ask of its pods, and what a pod does against it. */
import { own } from '../../../base/json.ts';
import { type FieldFault, invalidValue } from '../../meta/status.ts';
import { BASELINE } from './baseline.ts';
import type { Level } from './check.ts';
import { RESTRICTED } from './restricted.ts';
import type { PodLike } from './words.ts';

export interface Grade {
  level: Level;
  /** The minor version whose policy counts, or the latest. */
  version: number | 'latest';
}

export interface Policy {
  enforce: Grade;
  warn: Grade;
  faults: FieldFault[];
}

const PREFIX = 'pod-security.kubernetes.io';
const LEVELS: Level[] = ['privileged', 'baseline', 'restricted'];
/** Sorted by id, baseline before restricted: the order of the words in a refusal. */
const CHECKS = [...BASELINE, ...RESTRICTED];

export const gradeText = ({ level, version }: Grade): string =>
  `${level}:${version === 'latest' ? version : `v1.${version}`}`;

/** 1 when `a` is the stricter, -1 when `b` is, else 0. */
export const compareLevels = (a: Level, b: Level): number => Math.sign(LEVELS.indexOf(a) - LEVELS.indexOf(b));

/** Labels that cannot be read count as the strictest when they enforce, as nothing when they warn. */
export function policyOf(labels: Record<string, string> | undefined): Policy {
  const faults: FieldFault[] = [];
  const label = (mode: string) => {
    const value = own(labels ?? {}, `${PREFIX}/${mode}`);
    return value === undefined ? undefined : String(value);
  };
  const level = (mode: string, otherwise: Level): Level | undefined => {
    const value = label(mode);
    if (value === undefined || LEVELS.includes(value as Level)) return value as Level | undefined;
    faults.push(labelFault(mode, value, 'must be one of privileged, baseline, restricted'));
    return otherwise;
  };
  const version = (mode: string): Grade['version'] => {
    const value = label(`${mode}-version`);
    const minor = /^v1\.(0|[1-9]\d*)$/.exec(value ?? '')?.[1];
    if (minor !== undefined) return Number(minor);
    if (value !== undefined && value !== 'latest')
      faults.push(labelFault(`${mode}-version`, value, 'must be "latest" or "v1.x"'));
    return 'latest';
  };
  const enforced = level('enforce', 'restricted');
  const isReadable = faults.length === 0;
  const enforce: Grade = { level: enforced ?? 'privileged', version: version('enforce') };
  level('audit', 'privileged');
  version('audit');
  const warned = level('warn', 'privileged');
  const warn: Grade = { level: warned ?? 'privileged', version: version('warn') };
  // Who enforces is also warned, unless told otherwise.
  if (warned === undefined && isReadable && compareLevels(enforce.level, warn.level) > 0) {
    warn.level = enforce.level;
    if (label('warn-version') === undefined) warn.version = enforce.version;
  }
  return { enforce, warn, faults };
}

const labelFault = (mode: string, value: string, why: string): FieldFault =>
  invalidValue(`metadata.labels[${PREFIX}/${mode}]`, value, why);

export interface Violation {
  reason: string;
  detail: string;
}

export function violations({ level, version }: Grade, pod: PodLike): Violation[] {
  if (level === 'privileged') return [];
  const active = CHECKS.filter(
    (check) =>
      (check.level === 'baseline' || level === 'restricted') &&
      (version === 'latest' || version >= (check.since ?? 0)),
  );
  const overridden = new Set(active.map(({ overrides }) => overrides));
  return active
    .filter(({ id }) => !overridden.has(id))
    .flatMap(({ reason = '', check }) => {
      const found = check(pod);
      if (found === undefined || found === '') return [];
      return [typeof found === 'string' ? { reason, detail: found } : found];
    });
}

export const violationText = (found: Violation[]): string =>
  found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');
