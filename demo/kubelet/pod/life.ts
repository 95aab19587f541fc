/**
 * Lives one pod through time without a cluster around it: what a kubelet would make of it, moment by moment. For
 * tests of the pure parts; the kubelet itself does the same with the store and the world's clock.
 */
import { type Random, seededRandom } from '../../base/random.ts';
import type { Container, Pod, PodStatus } from '../../base/types.ts';
import { stepsOf } from './container-machine.ts';
import type { ContainerMemory, ContainerView, KubeletEvent, Role, Surroundings } from './container-view.ts';
import { acceptedStatus, composed, recalled, viewsOf } from './pod-plan.ts';
import type { Story } from './story.ts';

export interface Moment {
  atMs: number;
  pod: Pod;
  events: KubeletEvent[];
}

export interface LifeOptions {
  /** By container name; the others run. */
  stories?: Record<string, Story>;
  untilMs: number;
  seed?: number;
  images?: string[];
  configFault?: (nowMs: number) => string | undefined;
  /** What comes from outside: a delete, a new image. */
  outside?: { atMs: number; change: (pod: Pod) => Pod }[];
}

const isoOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Times are from 0, and so is the epoch: nothing is settled. */
export function live(given: Pod, options: LifeOptions): Moment[] {
  const { stories = {}, untilMs, images = [], configFault, outside = [] } = options;
  const random = seededRandom(options.seed ?? 1);
  const memories = new Map<string, ContainerMemory>();
  const dues = new Map<string, number>();
  const pulled = new Set(images);
  const coming = [...outside];
  const moments: Moment[] = [];
  let nowMs = 0;
  let pod = { ...given, status: acceptedStatus(given, '10.0.0.1', isoOf(0)) };
  pod = { ...pod, status: { ...pod.status, podIP: '10.244.0.5' } };
  const around = (): Surroundings => surroundings(nowMs, random, pulled, configFault);
  const views = () =>
    viewsOf(
      pod,
      (status) => memories.get(status.name) ?? recalled(status),
      (_pod, { name }: Container, role: Role) =>
        stories[name] ?? (role === 'init' ? { kind: 'completes', afterMs: 2_000 } : { kind: 'runs' }),
    );
  const tell = (status: PodStatus, events: KubeletEvent[]) => {
    pod = { ...pod, status };
    moments.push({ atMs: nowMs, pod, events });
  };
  tell(pod.status, []);
  for (;;) {
    const all = views();
    const steps = all.flatMap((view) => stepsOf(view, around()).map((step) => ({ view, step })));
    const present = new Set(steps.map(({ step }) => step.key));
    for (const key of dues.keys()) if (!present.has(key)) dues.delete(key);
    for (const { step } of steps) if (!dues.has(step.key)) dues.set(step.key, nowMs + step.delayMs());
    const dueMs = Math.min(...dues.values());
    const next = coming[0];
    if (next && next.atMs <= dueMs) {
      coming.shift();
      nowMs = Math.max(nowMs, next.atMs);
      pod = next.change(pod);
      continue;
    }
    if (dueMs > untilMs) return moments;
    nowMs = Math.max(nowMs, dueMs);
    const due = steps.filter(({ step }) => (dues.get(step.key) as number) <= nowMs);
    const events = due.flatMap(({ view, step }) => applied(view, step, around(), { memories, dues, pulled }));
    tell(composed(pod, pod.status, all, isoOf(nowMs)), events);
  }
}

function surroundings(
  nowMs: number,
  random: Random,
  pulled: ReadonlySet<string>,
  configFault: LifeOptions['configFault'],
): Surroundings {
  return {
    nowMs,
    now: isoOf(nowMs),
    epochMs: 0,
    between: (least, most) => least + random.below(most - least + 1),
    hasImage: (image) => pulled.has(image),
    configFault: () => configFault?.(nowMs),
  };
}

function applied(
  view: ContainerView,
  step: ReturnType<typeof stepsOf>[number],
  around: Surroundings,
  kept: { memories: Map<string, ContainerMemory>; dues: Map<string, number>; pulled: Set<string> },
): KubeletEvent[] {
  kept.dues.delete(step.key);
  const change = step.apply(view, around);
  view.status = change.status;
  view.memory = change.memory;
  kept.memories.set(view.spec.name, change.memory);
  if (change.status.state.running) kept.pulled.add(change.status.image);
  return change.events;
}
