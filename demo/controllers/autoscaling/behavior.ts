/** spec.behavior as the rules of normalize.ts. The API server has filled in what the client left out. */
import { at, number, object, objects } from '../../base/json.ts';
import { parseQuantity } from '../../base/quantity.ts';
import { type Behavior, DOWNSCALE_WINDOW_MS, type ScalingRules } from './normalize.ts';
import { TOLERANCE } from './replica-count.ts';

function rulesOf(written: unknown, stabilizationMs: number): ScalingRules {
  const rules = object(written);
  const { selectPolicy } = rules;
  return {
    stabilizationMs: number(rules.stabilizationWindowSeconds, stabilizationMs / 1_000) * 1_000,
    selectPolicy: selectPolicy === 'Min' || selectPolicy === 'Disabled' ? selectPolicy : 'Max',
    policies: objects(rules.policies).map(({ type, value, periodSeconds }) => ({
      type: type === 'Percent' ? 'Percent' : 'Pods',
      value: number(value),
      periodMs: number(periodSeconds) * 1_000,
    })),
  };
}

/** Undefined when the autoscaler says nothing: the classic rules hold then. */
export function behaviorOf(spec: unknown): Behavior | undefined {
  const behavior = at(spec, 'behavior');
  if (behavior === undefined) return undefined;
  return {
    up: rulesOf(at(behavior, 'scaleUp'), 0),
    down: rulesOf(at(behavior, 'scaleDown'), DOWNSCALE_WINDOW_MS),
  };
}

export function toleranceOf(spec: unknown): { up: number; down: number } {
  const read = (way: string) => {
    const written = at(spec, 'behavior', way, 'tolerance');
    return written === undefined ? TOLERANCE : Number(parseQuantity(written)) / 1_000;
  };
  return { up: read('scaleUp'), down: read('scaleDown') };
}
