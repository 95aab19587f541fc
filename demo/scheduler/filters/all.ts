/** Every filter, in the real scheduler's order. */
import type { FilterPlugin } from '../plugin.ts';
import { nodeAffinity, nodeUnschedulable, taintToleration } from './node.ts';
import { interPodAffinity } from './pod-affinity.ts';
import { nodePorts, nodeResourcesFit } from './resources.ts';
import { podTopologySpread } from './spread.ts';
import { volumeBinding } from './volumes.ts';

export const FILTERS: readonly FilterPlugin[] = [
  nodeUnschedulable,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
];
