/**
 * What a pod says about where it may go: tolerations, node selector terms, affinity to other
 * pods, spread constraints. Anything that cannot be read matches nothing, as in the real scheduler.
 */
import { array, at, isObject, type JsonObject, number, object, objects, text } from '../base/json.ts';
import type { LabelSelector, NodeObject, Pod } from '../base/types.ts';
import { matchesLabels, type Requirement, selectorRequirements } from '../storage/selectors.ts';
import { labelOf } from './node-info.ts';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

export function tolerates(pod: Pod, taint: Taint): boolean {
  return objects(pod.spec.tolerations).some(({ effect, key, operator, value }) => {
    if (effect && effect !== taint.effect) return false;
    if (key && key !== taint.key) return false;
    if (operator === 'Exists') return true;
    return (!operator || operator === 'Equal') && text(value) === text(taint.value);
  });
}

const WORDS: Record<string, Requirement['operator']> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** Requirements, or undefined when one has no operator we know. */
function readRequirements(list: unknown): Requirement[] | undefined {
  const found: Requirement[] = [];
  for (const { key, operator, values } of objects(list)) {
    const word = Object.hasOwn(WORDS, text(operator)) ? WORDS[text(operator)] : undefined;
    if (!word) return undefined;
    found.push({ key: text(key), operator: word, values: array(values).map(String) });
  }
  return found;
}

/** One term of a node selector. An empty one takes no node. */
export function matchesNodeTerm(term: JsonObject, node: NodeObject): boolean {
  const expressions = objects(term.matchExpressions);
  const fields = objects(term.matchFields);
  if (expressions.length === 0 && fields.length === 0) return false;
  const byLabel = readRequirements(expressions);
  if (!byLabel || !matchesLabels(byLabel, node.metadata.labels)) return false;
  return fields.every(({ key, operator, values }) => {
    const [value, ...more] = array(values);
    if (key !== 'metadata.name' || value === undefined || more.length > 0) return false;
    return operator === 'In'
      ? node.metadata.name === value
      : operator === 'NotIn' && node.metadata.name !== value;
  });
}

const nodeAffinity = (pod: Pod) => object(at(pod.spec, 'affinity', 'nodeAffinity'));

/** The terms one of which must match; undefined when none are asked for. */
export function requiredNodeTerms(pod: Pod): JsonObject[] | undefined {
  const required = nodeAffinity(pod).requiredDuringSchedulingIgnoredDuringExecution;
  return isObject(required) ? objects(required.nodeSelectorTerms) : undefined;
}

export function matchesNodeAffinity(pod: Pod, node: NodeObject): boolean {
  const wanted = Object.entries(object(pod.spec.nodeSelector));
  if (!wanted.every(([key, value]) => labelOf(node, key) === value)) return false;
  const terms = requiredNodeTerms(pod);
  return terms === undefined || terms.some((term) => matchesNodeTerm(term, node));
}

/** The weights of the preferences this node meets. */
export const preferredNodeWeight = (pod: Pod, node: NodeObject): number =>
  objects(nodeAffinity(pod).preferredDuringSchedulingIgnoredDuringExecution)
    .filter(({ preference }) => matchesNodeTerm(object(preference), node))
    .reduce((sum, { weight }) => sum + number(weight), 0);

export interface AffinityTerm {
  topologyKey: string;
  /** Undefined: only those the selector takes. */
  namespaces: ReadonlySet<string>;
  namespaceSelector: Requirement[] | undefined;
  /** Undefined takes no pod. */
  selector: Requirement[] | undefined;
  /** Above zero for a wish, below for an aversion; required terms have none. */
  weight: number;
}

export interface AffinityTerms {
  affinity: AffinityTerm[];
  antiAffinity: AffinityTerm[];
  preferred: AffinityTerm[];
}

/** The pod's own labels of these keys, as requirements. */
const ownLabels = (pod: Pod, keys: unknown, operator: 'in' | 'notin'): Requirement[] =>
  array(keys).flatMap((key) => {
    const value = labelOf(pod, text(key));
    return value === undefined ? [] : [{ key: text(key), operator, values: [value] }];
  });

function readTerm(pod: Pod, term: JsonObject, weight: number): AffinityTerm {
  const { labelSelector, namespaceSelector } = term;
  const named = array(term.namespaces).map(String);
  const selector = selectorRequirements(labelSelector as LabelSelector | undefined);
  const isOwn = named.length === 0 && !isObject(namespaceSelector);
  return {
    topologyKey: text(term.topologyKey),
    namespaces: new Set(isOwn ? [pod.metadata.namespace ?? ''] : named),
    namespaceSelector: selectorRequirements(namespaceSelector as LabelSelector | undefined),
    selector: selector && [
      ...selector,
      ...ownLabels(pod, term.matchLabelKeys, 'in'),
      ...ownLabels(pod, term.mismatchLabelKeys, 'notin'),
    ],
    weight,
  };
}

const NO_TERMS: AffinityTerms = { affinity: [], antiAffinity: [], preferred: [] };
const termsByPod = new WeakMap<object, AffinityTerms>();

export function affinityTermsOf(pod: Pod): AffinityTerms {
  if (!isObject(pod.spec.affinity)) return NO_TERMS;
  const known = termsByPod.get(pod);
  if (known) return known;
  const { podAffinity, podAntiAffinity } = pod.spec.affinity;
  const required = (from: unknown) =>
    objects(at(from, 'requiredDuringSchedulingIgnoredDuringExecution')).map((term) => readTerm(pod, term, 0));
  const preferred = (from: unknown, sign: number) =>
    objects(at(from, 'preferredDuringSchedulingIgnoredDuringExecution')).map(({ podAffinityTerm, weight }) =>
      readTerm(pod, object(podAffinityTerm), sign * number(weight)),
    );
  const terms = {
    affinity: required(podAffinity),
    antiAffinity: required(podAntiAffinity),
    preferred: [...preferred(podAffinity, 1), ...preferred(podAntiAffinity, -1)],
  };
  termsByPod.set(pod, terms);
  return terms;
}

/** Whether a term means this pod. The labels are those of the pod's namespace. */
export function takesPod(
  term: AffinityTerm,
  pod: Pod,
  namespaceLabels: Record<string, string> | undefined,
): boolean {
  const isThere =
    term.namespaces.has(pod.metadata.namespace ?? '') ||
    (term.namespaceSelector !== undefined && matchesLabels(term.namespaceSelector, namespaceLabels));
  return isThere && term.selector !== undefined && matchesLabels(term.selector, pod.metadata.labels);
}

export interface SpreadConstraint {
  topologyKey: string;
  maxSkew: number;
  minDomains: number;
  isHard: boolean;
  selector: Requirement[] | undefined;
  honorsAffinity: boolean;
  honorsTaints: boolean;
}

export const spreadConstraintsOf = (pod: Pod): SpreadConstraint[] =>
  objects(pod.spec.topologySpreadConstraints).map((constraint) => {
    const selector = selectorRequirements(constraint.labelSelector as LabelSelector | undefined);
    return {
      topologyKey: text(constraint.topologyKey),
      maxSkew: number(constraint.maxSkew, 1),
      minDomains: number(constraint.minDomains, 1),
      isHard: constraint.whenUnsatisfiable !== 'ScheduleAnyway',
      selector: selector && [...selector, ...ownLabels(pod, constraint.matchLabelKeys, 'in')],
      honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
      honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
    };
  });
