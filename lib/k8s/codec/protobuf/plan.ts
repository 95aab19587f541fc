import type { WantedFields } from '../wanted-fields.ts';
import type { MessageField, Messages } from './messages.ts';

/** How the bytes of a field become JSON. `message` has fields of its own; the named ones are written as one JSON value. */
export type Reading =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int'
  | 'double'
  | 'message'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'json'
  | 'strings';

/** One wanted field. */
export interface Step {
  readonly name: string;
  readonly reading: Reading;
  readonly isList: boolean;
  readonly isMap: boolean;
  /** Its fields belong to the dictionary around it. */
  readonly isInlined: boolean;
  readonly dropsZero: boolean;
  readonly dropsEmpty: boolean;
  readonly plan: Plan;
}

/** What to do with each field of a message, by its number; what is not here is skipped by its length. */
export interface Plan {
  readonly steps: readonly (Step | undefined)[];
}

const NOTHING: Plan = { steps: [] };

const META = '#apimachinery.pkg.apis.meta.v1.';
const READINGS: Readonly<Record<string, Reading>> = {
  string: 'string',
  bytes: 'bytes',
  bool: 'bool',
  double: 'double',
  [`${META}Time`]: 'time',
  [`${META}MicroTime`]: 'microTime',
  [`${META}FieldsV1`]: 'json',
  '#apimachinery.pkg.api.resource.Quantity': 'quantity',
  '#apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  '#apimachinery.pkg.runtime.RawExtension': 'json',
  '#apiextensions_apiserver.pkg.apis.apiextensions.v1.JSON': 'json',
  '#api.certificates.v1.ExtraValue': 'strings',
};

/** Makes plans from wanted paths; the plan of a whole message is made once, for messages may hold themselves. */
export function planner(messages: Messages): (message: string, wanted: WantedFields | true) => Plan {
  const whole = new Map<string, Plan>();
  return function plan(message, wanted) {
    const known = wanted === true ? whole.get(message) : undefined;
    if (known !== undefined) return known;
    const steps: (Step | undefined)[] = [];
    const made: Plan = { steps };
    if (wanted === true) whole.set(message, made);
    for (const [number, field] of Object.entries(messages[message] ?? {})) {
      const below = wanted === true || field[2].includes('i') ? wanted : wanted.children.get(field[0]);
      if (below !== undefined) steps[Number(number)] = stepOf(field, below, plan);
    }
    return made;
  };
}

function stepOf(
  [name, type, flags]: MessageField,
  wanted: WantedFields | true,
  plan: (message: string, wanted: WantedFields | true) => Plan,
): Step {
  const reading = READINGS[type] ?? (type.startsWith('#') ? 'message' : 'int');
  const isInlined = flags.includes('i');
  return {
    name,
    reading,
    isList: flags.includes('r'),
    isMap: flags.includes('m'),
    isInlined,
    dropsZero: flags.includes('o'),
    dropsEmpty: flags.includes('z'),
    plan: reading === 'message' ? plan(type.slice(1), flags.includes('m') ? true : wanted) : NOTHING,
  };
}
