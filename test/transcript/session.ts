/** Plays the session against one cluster: every step in order, each with what kubectl printed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { waitFor } from '#test/controlplane/wait-for.ts';
import { type Kubectl, type Printed, runKubectl } from './kubectl.ts';
import { manifests } from './manifests.ts';
import { normalise } from './normalise.ts';
import { type Chapter, namespace, type Step } from './step.ts';

export interface SessionOptions {
  isDemo: boolean;
  program: string;
  /** An administrator's. */
  kubeconfig: string;
  chapters: readonly Chapter[];
  /** Ends the session between two steps. */
  signal: AbortSignal;
  onStep?: (title: string, ms: number) => void;
}

/** What a step printed, without what chance decides; undefined where the cluster cannot be asked. */
export type Played = Map<string, { lines: string[]; exitCode: number } | undefined>;

const WAIT_MS = 20_000;

export async function playSession(options: SessionOptions): Promise<Played> {
  const kubectl = { program: options.program, folder: prepareFolder(options.kubeconfig) };
  const played: Played = new Map();
  try {
    for (const step of options.chapters.flatMap(({ steps }) => steps)) {
      options.signal.throwIfAborted();
      const began = performance.now();
      const isLeftOut = step.demoOnly !== undefined && !options.isDemo;
      played.set(step.title, isLeftOut ? undefined : await playStep(kubectl, step));
      options.onStep?.(step.title, performance.now() - began);
    }
  } finally {
    await runKubectl(kubectl, `delete namespace ${namespace} --ignore-not-found --wait=false`);
    rmSync(kubectl.folder, { recursive: true, force: true });
  }
  return played;
}

async function playStep(kubectl: Kubectl, step: Step): Promise<{ lines: string[]; exitCode: number }> {
  for (const { kubectl: line, says } of step.after ?? []) await repeat(kubectl, { kubectl: line }, says);
  const printed = step.until
    ? await repeat(kubectl, step, step.until)
    : await runKubectl(kubectl, step.kubectl, step);
  const lines = blur(normalise(printed.text), step.blur);
  return { lines: step.isUnordered ? lines.sort() : lines, exitCode: printed.exitCode };
}

function blur(lines: string[], [what, words] = [/$^/, ''] as NonNullable<Step['blur']>): string[] {
  return lines
    .map((line) => (what.test(line) ? words : line))
    .filter((line, index, all) => line !== words || (words !== '' && all[index - 1] !== words));
}

/** The last output, whether it ever said so or not: that shows what was there instead. */
async function repeat(
  kubectl: Kubectl,
  step: Pick<Step, 'kubectl' | 'stdin'>,
  says: RegExp,
): Promise<Printed> {
  let last: Printed = { text: '', exitCode: 0 };
  const ask = async (): Promise<Printed | undefined> => {
    last = await runKubectl(kubectl, step.kubectl, step);
    return says.test(last.text) ? last : undefined;
  };
  return waitFor({ what: step.kubectl, timeoutMs: WAIT_MS }, ask).catch(() => last);
}

/** Names in a kubeconfig are its owner's choice: the same ones for both clusters. */
function prepareFolder(kubeconfig: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-transcript-'));
  const config: unknown = parse(readFileSync(kubeconfig, 'utf8'));
  const own = renamed(config);
  writeFileSync(join(folder, 'kubeconfig'), stringify(own), { mode: 0o600 });
  writeFileSync(join(folder, 'nobody'), stringify({ ...own, users: [{ name: 'admin', user: {} }] }));
  for (const [name, text] of Object.entries(manifests)) writeFileSync(join(folder, name), text);
  return folder;
}

interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
}

function renamed(config: unknown): object {
  const { 'current-context': current, contexts, clusters, users } = config as Kubeconfig;
  const context = contexts.find(({ name }) => name === current)?.context;
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'cluster', user: 'admin', namespace } }],
    clusters: [{ name: 'cluster', cluster: clusters.find(({ name }) => name === context?.cluster)?.cluster }],
    users: [{ name: 'admin', user: users.find(({ name }) => name === context?.user)?.user }],
  };
}
