/**
 * How containers behave once they start. A pod's story comes from its annotation
 * `demo.strata-console.dev/story` (crash-loop, oom, image-missing, never-ready, completes, slow-stop) or from the
 * scenario's rules by image; without one it starts, gets ready and stays so.
 */
import type { Pod } from '../base/types.ts';

export type Story =
  | { kind: 'runs' }
  | { kind: 'image-missing' }
  | { kind: 'crash'; exitCode: number; afterMs: number; message: string; reason?: 'Error' | 'OOMKilled' }
  | { kind: 'never-ready'; message: string }
  | { kind: 'completes'; afterMs: number }
  | { kind: 'slow-stop'; stopMs: number };

export interface StoryRule {
  /** A prefix of the image. */
  image: string;
  /** Only pods that carry it. */
  annotation?: { key: string; value: string };
  story: Story;
}

const ANNOTATION = 'demo.strata-console.dev/story';

const BY_NAME: Record<string, Story> = {
  'crash-loop': { kind: 'crash', exitCode: 1, afterMs: 3_000, message: 'told to crash' },
  oom: { kind: 'crash', exitCode: 137, afterMs: 8_000, message: '', reason: 'OOMKilled' },
  'image-missing': { kind: 'image-missing' },
  'never-ready': { kind: 'never-ready', message: 'HTTP probe failed with statuscode: 503' },
  completes: { kind: 'completes', afterMs: 10_000 },
  'slow-stop': { kind: 'slow-stop', stopMs: 25_000 },
};

export function storyOf(pod: Pod, rules: StoryRule[]): Story {
  const named = pod.metadata.annotations?.[ANNOTATION];
  if (named !== undefined && Object.hasOwn(BY_NAME, named)) return BY_NAME[named] as Story;
  const images = pod.spec.containers.map((container) => container.image);
  const rule = rules.find(
    ({ image, annotation }) =>
      images.some((item) => item.startsWith(image)) &&
      (!annotation || pod.metadata.annotations?.[annotation.key] === annotation.value),
  );
  if (rule) return rule.story;
  // A job's pod that nobody wrote a story for does its work and ends.
  const isJob = pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job') === true;
  return isJob ? { kind: 'completes', afterMs: 20_000 } : { kind: 'runs' };
}
