/**
 * How containers behave once they start. A container's story comes from the annotation
 * `demo.strata-console.dev/story.CONTAINER` of its pod; for the first main container also from
 * `demo.strata-console.dev/story`; then from the scenario's rules by image; then from its command. One without a
 * story starts, gets ready and stays so; an init container and a Job's pod do their work and end.
 */
import { object, own } from '../../base/json.ts';
import type { Container, Pod } from '../../base/types.ts';
import { commandStory } from './command-story.ts';
import type { Role } from './container-view.ts';
import type { Story } from './story.ts';

export interface StoryRule {
  /** A prefix of the image. */
  image: string;
  /** Only pods that carry it. */
  annotation?: { key: string; value: string };
  story: Story;
}

const ANNOTATION = 'demo.strata-console.dev/story';

const BY_NAME: Record<string, Story> = {
  runs: { kind: 'runs' },
  'crash-loop': { kind: 'crash', exitCode: 1, afterMs: 3_000, message: 'told to crash' },
  oom: { kind: 'crash', exitCode: 137, afterMs: 8_000, message: '', reason: 'OOMKilled' },
  'image-missing': { kind: 'image-missing' },
  'never-ready': { kind: 'never-ready' },
  flapping: { kind: 'flapping', readyMs: 60_000, unreadyMs: 60_000 },
  unhealthy: { kind: 'unhealthy', afterMs: 30_000 },
  'never-starts': { kind: 'never-starts' },
  completes: { kind: 'completes', afterMs: 10_000 },
  'slow-stop': { kind: 'slow-stop', stopMs: 25_000 },
};
const RUNS: Story = { kind: 'runs' };
const INIT: Story = { kind: 'completes', afterMs: 2_000 };
const JOB: Story = { kind: 'completes', afterMs: 20_000 };

function annotated(pod: Pod, container: Container): Story | undefined {
  const { annotations } = pod.metadata;
  if (!annotations) return undefined;
  const isFirst = pod.spec.containers[0] === container;
  const named =
    own(annotations, `${ANNOTATION}.${container.name}`) ??
    (isFirst ? own(annotations, ANNOTATION) : undefined);
  return typeof named === 'string' && Object.hasOwn(BY_NAME, named) ? BY_NAME[named] : undefined;
}

function byImage(pod: Pod, container: Container, rules: readonly StoryRule[]): Story | undefined {
  return rules.find(
    ({ image, annotation }) =>
      container.image.startsWith(image) &&
      (!annotation || own(object(pod.metadata.annotations), annotation.key) === annotation.value),
  )?.story;
}

export function storyOf(pod: Pod, container: Container, role: Role, rules: readonly StoryRule[]): Story {
  const told = annotated(pod, container) ?? byImage(pod, container, rules) ?? commandStory(container);
  if (told) return told;
  if (role === 'init') return INIT;
  if (role === 'ephemeral') return container.stdin ? RUNS : INIT;
  const isJob = pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job') === true;
  return role === 'main' && isJob ? JOB : RUNS;
}
