/** Filters that look at the node alone: cordon, asked-for name, taints, selector and node affinity. */
import { array, objects, text } from '../../base/json.ts';
import type { Pod } from '../../base/types.ts';
import { type FilterPlugin, refusal } from '../plugin.ts';
import { matchesNodeAffinity, requiredNodeTerms, tolerates } from '../terms.ts';

const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable: FilterPlugin = {
  name: 'NodeUnschedulable',
  helpedBy: ['node-added', 'node-taints'],
  prepare: (pod) => ({
    check: ({ node }) =>
      node.spec.unschedulable && !tolerates(pod, CORDON) ? refusal('node(s) were unschedulable') : undefined,
  }),
};

export const taintToleration: FilterPlugin = {
  name: 'TaintToleration',
  helpedBy: ['node-added', 'node-taints'],
  prepare: (pod) => ({
    check: ({ node }) =>
      (node.spec.taints ?? []).some(
        (taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !tolerates(pod, taint),
      )
        ? refusal('node(s) had untolerated taint(s)')
        : undefined,
  }),
};

/**
 * The nodes named by matchFields, when every term names some. Terms are ORed, the fields of a term ANDed.
 */
function namedNodes(pod: Pod): Set<string> | undefined {
  const all = new Set<string>();
  const terms = requiredNodeTerms(pod) ?? [];
  for (const term of terms) {
    const lists = objects(term.matchFields)
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values }) => array(values).map((value) => text(value)));
    const [first, ...others] = lists;
    if (!first) return undefined;
    for (const name of first) if (others.every((list) => list.includes(name))) all.add(name);
  }
  return terms.length > 0 ? all : undefined;
}

export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  helpedBy: ['node-added', 'node-labels'],
  prepare: (pod) => {
    if (pod.spec.nodeSelector === undefined && requiredNodeTerms(pod) === undefined) return undefined;
    const only = namedNodes(pod);
    if (only?.size === 0) return { impossible: 'pod affinity terms conflict' };
    const filter = {
      check: ({ node }: { node: Parameters<typeof matchesNodeAffinity>[1] }) =>
        matchesNodeAffinity(pod, node)
          ? undefined
          : refusal("node(s) didn't match Pod's node affinity/selector"),
    };
    return only ? { ...filter, only } : filter;
  },
};
