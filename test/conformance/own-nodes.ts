/** Nodes a file makes for itself: only pods that ask for them come there, and the scheduler's words about them. */
import { afterAll, beforeAll, expect } from 'vitest';
import { create, eventually, expectCode, image, randomSuffix, read, type Scope } from './fixtures.ts';
import type { KubeObject } from './kube-types.ts';
import { admin } from './target.ts';

const TAINT = 'strata-test/scheduling';

export interface NodeWish {
  labels?: Record<string, string>;
  taints?: { key: string; value?: string; effect: string }[];
  allocatable?: Record<string, string>;
}

export interface OwnNodes {
  /** The value of the label `strata-test/pool` of every node here. */
  readonly pool: string;
  /** The full name of a node by its short one. */
  name(short: string): string;
  add(short: string, wish?: NodeWish): Promise<void>;
}

export function ownNodes(first: Record<string, NodeWish>): OwnNodes {
  const pool = `pool-${randomSuffix()}`;
  const made: string[] = [];
  const name = (short: string) => `${pool}-${short}`;
  const add = async (short: string, { labels, taints = [], allocatable }: NodeWish = {}): Promise<void> => {
    const room = { cpu: '2', memory: '4Gi', pods: '10', 'ephemeral-storage': '10Gi', ...allocatable };
    made.push(name(short));
    await create('/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: name(short),
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: { 'strata-test/pool': pool, 'kubernetes.io/hostname': name(short), ...labels },
      },
      spec: { taints: [{ key: TAINT, effect: 'NoSchedule' }, ...taints] },
      status: {
        allocatable: room,
        capacity: room,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'it is' }],
      },
    });
    await eventually(`${short} ready`, async () => {
      const { spec } = await read(`/api/v1/nodes/${name(short)}`);
      return (spec.taints as unknown[]).length === taints.length + 1 ? true : undefined;
    });
  };
  beforeAll(async () => {
    for (const [short, wish] of Object.entries(first)) await add(short, wish);
  });
  afterAll(async () => {
    for (const each of made) await admin.delete(`/api/v1/nodes/${each}`);
  });
  return { pool, name, add };
}

export interface PodWish {
  labels?: Record<string, string>;
  requests?: Record<string, string>;
  ports?: object[];
  /** More of the spec; takes the place of what is there. */
  spec?: object;
}

/** A pod for these nodes and no others. */
export function podFor({ pool }: OwnNodes, name: string, wish: PodWish = {}): object {
  const { labels = {}, requests = {}, ports = [], spec = {} } = wish;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: {
      nodeSelector: { 'strata-test/pool': pool },
      tolerations: [{ key: TAINT, operator: 'Exists' }],
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image, resources: { requests }, ports }],
      ...spec,
    },
  };
}

export const nodeOf = ({ spec }: KubeObject): string | undefined => spec.nodeName as string | undefined;

export async function placed(scope: Scope, name: string): Promise<string> {
  return eventually(`${name} on a node`, async () => nodeOf(await read(scope.core('pods', name))), 20_000);
}

export interface PodCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  observedGeneration?: number;
}

export const conditionOf = ({ status }: KubeObject, type: string): PodCondition | undefined =>
  ((status.conditions ?? []) as PodCondition[]).find((condition) => condition.type === type);

/** Why the pod has no node, once somebody has said so in words that hold. */
export function whyPending(scope: Scope, name: string, words: string | RegExp = ''): Promise<string> {
  return eventually(`${name} refused: ${words}`, async () => {
    const found = conditionOf(await read(scope.core('pods', name)), 'PodScheduled');
    if (found?.status !== 'False') return undefined;
    const message = found.message ?? '';
    const holds = typeof words === 'string' ? message.includes(words) : words.test(message);
    return holds ? message : undefined;
  });
}

export interface Reasons {
  nodes: number;
  /** Counts by reason, in the order they are told. */
  told: string[];
  counts: Record<string, number>;
}

/** Takes `0/6 nodes are available: 1 a, 5 b.` apart. */
export function readReasons(sentence: string): Reasons {
  const match = /^0\/(\d+) nodes are available: (.*)\.$/s.exec(sentence);
  expect(match, sentence).not.toBeNull();
  const told = (match?.[2] ?? '').split(/, (?=\d)/);
  const counts = told.map((each): [string, number] => {
    const [, count, reason] = /^(\d+) (.*)$/s.exec(each) ?? [];
    return [reason ?? each, Number(count)];
  });
  return { nodes: Number(match?.[1]), told, counts: Object.fromEntries(counts) };
}

/** Both halves of a refusal that looked at nodes. */
export function readRefusal(message: string): { filters: Reasons; preemption: string } {
  const cut = message.indexOf(' no new claims to deallocate, preemption: ');
  expect(cut, message).toBeGreaterThan(0);
  const rest = message.slice(cut + ' no new claims to deallocate, preemption: '.length);
  return { filters: readReasons(message.slice(0, cut)), preemption: rest };
}

export async function eventsOf(scope: Scope, name: string, reason: string): Promise<KubeObject[]> {
  const fieldSelector = `involvedObject.name=${name},reason=${reason}`;
  return expectCode(await admin.get(scope.core('events'), { fieldSelector }), 200).list.items;
}
