import type { StateLevel } from '#lib/resources/cell.ts';
import type { Condition } from '#lib/resources/read.ts';

/** Conditions whose True is good, and those whose True is bad. Others are shown without a judgement. */
const GOOD =
  /^(Ready|Available|Progressing|Initialized|ContainersReady|PodScheduled|PodReadyToStartContainers|Established|NamesAccepted|Complete|SuccessCriteriaMet|Succeeded|Healthy|Synced|Accepted|Programmed|Approved|Issued|AbleToScale|ScalingActive|DisruptionAllowed|Bound|Running)$/;
const BAD =
  /(Pressure|Unavailable|Failure|Failed|Degraded|Stalled|Deadlock|Problem|Error|NonStructuralSchema|Violations|ContentFailure|DeletionFailure)$/;

export interface ConditionLook {
  readonly level: StateLevel | 'none';
  readonly words: string;
}

export function conditionLook(condition: Condition): ConditionLook {
  const words = wordsOf(condition);
  if (condition.status !== 'True' && condition.status !== 'False') return { level: 'unknown', words };
  const isTrue = condition.status === 'True';
  if (GOOD.test(condition.type)) return { level: isTrue ? 'ok' : 'warning', words };
  if (BAD.test(condition.type)) return { level: isTrue ? 'warning' : 'ok', words };
  return { level: 'none', words };
}

/** 'Available', 'Available: minimum not reached', 'Memory pressure: no'. */
function wordsOf(condition: Condition): string {
  const name = spaced(condition.type);
  if (condition.status === 'True')
    return condition.reason === '' || isPlain(condition)
      ? name
      : `${name}: ${spaced(condition.reason).toLowerCase()}`;
  const why =
    condition.reason === '' || isPlain(condition) ? '' : `, ${spaced(condition.reason).toLowerCase()}`;
  return condition.status === 'False' ? `${name}: no${why}` : `${name}: not known${why}`;
}

/** A reason that only says the type again ('KubeletHasSufficientMemory'). */
function isPlain(condition: Condition): boolean {
  return condition.reason.startsWith('KubeletHas') || condition.reason === condition.type;
}

/** 'ContainersReady' → 'Containers ready'; what is no CamelCase stays. */
export function spaced(name: string): string {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) return name;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(' ');
  return words
    .map((word, place) => (place === 0 || /^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
