/**
 * What a filter is. One attempt to place one pod asks every filter to prepare; what it gives back is then asked node by
 * node. The first filter that refuses a node speaks for it, as in the real scheduler's framework.
 */
import type { NodeObject, Pod } from '../base/types.ts';
import type { ClusterState } from './cluster-state.ts';
import type { NodeInfo } from './node-info.ts';

/** What happens in the cluster that may help a pod that was refused. */
export type Change =
  | 'node-added'
  | 'node-labels'
  | 'node-taints'
  | 'node-room'
  /** A placed pod is gone or done. */
  | 'pod-gone'
  /** A pod was placed, or a placed one has other labels. */
  | 'pod-placed'
  | 'storage';

export interface Refusal {
  reasons: readonly string[];
  /** Could it be otherwise with some pods of that node gone? */
  isResolvable: boolean;
}

export const refusal = (reason: string, isResolvable = false): Refusal => ({
  reasons: [reason],
  isResolvable,
});

export interface NodeFilter {
  /** Undefined: this node will do. */
  check(info: NodeInfo & { node: NodeObject }): Refusal | undefined;
  /** Counts one more (1) or one less (-1) placed pod, for as long as somebody asks "what if". */
  adjust?(pod: Pod, node: NodeObject, sign: 1 | -1): void;
}

export type Prepared =
  | NodeFilter
  /** No node will do, whatever it is. */
  | { impossible: string }
  /** Only these nodes are worth a look. */
  | (NodeFilter & { only: ReadonlySet<string> })
  /** Nothing to say about this pod. */
  | undefined;

export interface FilterPlugin {
  /** The real plugin's name. */
  name: string;
  helpedBy: readonly Change[];
  prepare(pod: Pod, cluster: ClusterState): Prepared;
}
