/**
 * The words a scenario is written in. Ages are times before the start (`26m`, `9d`, `1y34d`); everything not said has
 * the default an ordinary team would have.
 */
import type { JsonObject } from '../base/json.ts';
import type { StoryRule } from '../kubelet/pod/stories.ts';
import type { Pressure } from '../kubelet/pressure.ts';

export interface NodeSpec {
  name: string;
  zone: string;
  ip: string;
  os: string;
  kernel: string;
  kubelet: string;
  runtime: string;
  age: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  cordonedFor?: string;
  diskPressureFor?: string;
}

export interface NamespaceSpec {
  name: string;
  team: string;
  age: string;
}

export type PodState =
  | 'ready'
  | 'starting'
  | 'creating'
  | 'crash'
  | 'image-missing'
  | 'leaving'
  | 'completed'
  | 'unschedulable';

export interface PodLine {
  suffix?: string;
  node?: string;
  age?: string;
  state?: PodState;
  restarts?: number;
  /** How long ago it last restarted, and how long it had run until it was OOM-killed then. */
  restarted?: string;
  lived?: string;
}

export interface RevisionSpec {
  hash: string;
  revision: number;
  image: string;
  age: string;
  /** What the ReplicaSet asks for. */
  replicas: number;
  /** Its pods; lines beyond those named are ready pods of the revision's age. Default: `replicas` of them. */
  pods?: PodLine[];
  podCount?: number;
  cause?: string;
  by?: string;
}

export interface WorkloadSpec {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  namespace: string;
  name: string;
  tier: string;
  age: string;
  image: string;
  replicas: number;
  container?: string;
  port?: number;
  cpu: [request: string, limit: string];
  memory: [request: string, limit: string];
  /** Deployments: oldest first; default one revision of the image. */
  revisions?: RevisionSpec[];
  /** StatefulSets and DaemonSets: lines for single pods, by ordinal or node order. */
  pods?: PodLine[];
  isPaused?: boolean;
  /** What else stands in the container: env, envFrom, volumeMounts. */
  more?: JsonObject;
  graceSeconds?: number;
  /** The service account it runs as; default `default`. */
  account?: string;
  strategy?: { maxSurge: number | string; maxUnavailable: number | string };
  annotations?: Record<string, string>;
  templateAnnotations?: Record<string, string>;
  volumes?: JsonObject[];
  /** Prints the image's own failure: the reason a Progressing condition says the rollout stands still. */
  stuckFor?: string;
  replicaFailure?: string;
}

export interface JobPodSpec {
  namespace: string;
  /** The job's name; without isJob the pod's own. */
  name: string;
  isJob: boolean;
  image: string;
  age: string;
  cpu: [string, string];
  memory: [string, string];
  pod: PodLine;
  labels?: Record<string, string>;
  completions?: number;
}

export interface SeedObject {
  /** The resource's key: `services`, `ingresses.networking.k8s.io`. */
  resource: string;
  namespace?: string;
  age: string;
  /** How long ago its manager wrote it last; default its age. */
  changed?: string;
  /** A text `ago:31m` or `last:0 2 * * *` anywhere in it becomes that instant. */
  object: JsonObject;
  manager?: string;
}

export interface SeedEvent {
  namespace: string;
  kind: string;
  name: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count: number;
  first: string;
  last: string;
  source: string;
  host?: string;
}

export interface Scenario {
  name: string;
  nodes: NodeSpec[];
  namespaces: NamespaceSpec[];
  workloads: WorkloadSpec[];
  jobs: JobPodSpec[];
  objects: SeedObject[];
  events: SeedEvent[];
  stories: StoryRule[];
  /** What happens after the start, by the world's clock. */
  timeline?: TimelineStep[];
  /** Rollouts, scalings and events that never end. */
  bustle?: Bustle;
}

/** How often something happens, in milliseconds. */
export interface Bustle {
  rolloutEveryMs: number;
  scaleEveryMs: number;
  eventEveryMs: number;
}

export type TimelineAct =
  /** Merges into an object, as its manager would: a new config, a new template. */
  | { kind: 'patch'; resource: string; namespace: string; name: string; manager: string; patch: JsonObject }
  /** Somebody tells of something: an alert manager, an operator. */
  | { kind: 'tell'; event: Omit<SeedEvent, 'count' | 'first' | 'last'> }
  /** The node's kubelet is not heard of any more. */
  | { kind: 'silence-node'; node: string }
  /** It is back. */
  | { kind: 'revive-node'; node: string }
  /** Its kubelet runs short of memory or disk: it evicts pods until that is over. */
  | { kind: 'press-node'; node: string; pressure: Pressure };

export interface TimelineStep {
  /** After the start. */
  at: string;
  act: TimelineAct;
}

const UNIT: Record<string, number> = {
  y: 365 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** `1y34d`, `2h24m`, `9s` in milliseconds. Throws on anything else. */
export function ageMs(age: string): number {
  const parts = [...age.matchAll(/(\d+)([ydhms])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== age)
    throw new Error(`not an age: ${age}`);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT[unit as string] as number), 0);
}
