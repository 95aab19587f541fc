/** What an autoscaler scales: the object its scaleTargetRef names, read as its scale subresource shows it. */

import type { ResourceType } from '../../apiserver/meta/kinds.ts';
import { scaleOf } from '../../apiserver/meta/scale.ts';
import type { Machinery } from '../../apiserver/rest/context.ts';
import { at, number, text } from '../../base/json.ts';
import type { KubeObject, LabelSelector } from '../../base/types.ts';
import { type Requirement, selectorRequirements } from '../../storage/selectors.ts';

export interface ScaleTarget {
  type: ResourceType;
  object: KubeObject;
  replicas: number;
  /** What picks its pods, also as text; undefined when it has no selector. */
  selector?: { text: string; requirements: Requirement[] };
}

const KEY = 'horizontalpodautoscalers.autoscaling';
export const AUTOSCALERS = KEY;

function selectorOf({ spec }: KubeObject): ScaleTarget['selector'] {
  const written = at(spec, 'selector') as LabelSelector | undefined;
  const requirements = selectorRequirements(written);
  if (!requirements || requirements.length === 0) return undefined;
  const words = requirements.map(({ key, operator, values }) => {
    if (operator === 'exists') return key;
    if (operator === '!') return `!${key}`;
    return values.length === 1 && operator === 'in'
      ? `${key}=${values[0]}`
      : `${key} ${operator} (${[...values].sort().join(',')})`;
  });
  return { text: words.sort().join(','), requirements };
}

/** The target, or why there is none, in the words of the scale client. */
export function scaleTarget({ kinds, store }: Machinery, autoscaler: KubeObject): ScaleTarget | string {
  const reference = at(autoscaler.spec, 'scaleTargetRef');
  const [kind, name, apiVersion] = ['kind', 'name', 'apiVersion'].map((key) => text(at(reference, key)));
  const slashes = (apiVersion ?? '').split('/');
  if (slashes.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const group = slashes.length === 2 ? (slashes[0] as string) : '';
  const type = kinds.all().find((item) => item.kind === kind && item.group === group);
  if (!type) return `no matches for kind "${kind}" in group "${group}"`;
  const object = store.get(type.key, autoscaler.metadata.namespace ?? '', name ?? '');
  if (!object) return `${type.resource}${group ? `.${group}` : ''} "${name}" not found`;
  const scale = scaleOf(type, object);
  if (!scale) return 'the server could not find the requested resource';
  const selector = selectorOf(object);
  return { type, object, replicas: number(at(scale, 'spec', 'replicas')), ...(selector ? { selector } : {}) };
}
