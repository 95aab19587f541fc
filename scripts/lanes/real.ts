// Lane "real": conformance, a session of kubectl and a small end-to-end run against a real control plane, started here and stopped here.
import type { availability, ControlPlane } from '#test/controlplane/control-plane.ts';
import { say } from '../setup/hand-over.mjs';
import type { TestArguments } from '../test-arguments.mjs';
import { runConformance, runTranscript } from './conformance.ts';
import { type Counts, NO_COUNTS, ONE_FAILED, sumCounts } from './counts.ts';
import { runPlaywright } from './e2e.ts';

const NODES = 10;

export type RealDecision =
  | { readonly run: true }
  | { readonly run: false; readonly reason: string; readonly isFailure: boolean };

/**
 * `auto` runs the lane when its programs are built, or when CI can build them: elsewhere minutes of
 * compiling would come as a surprise. `required` builds, and fails where that is not possible.
 */
export function decideReal(
  when: TestArguments['real'],
  possible: ReturnType<typeof availability>,
  isCi: boolean,
): RealDecision {
  if (when === 'off')
    return { run: false, reason: 'the real lane is switched off (--real=off)', isFailure: false };
  if (!possible.ok) {
    const reason = `no real control plane here: ${possible.reason}`;
    return { run: false, reason, isFailure: when === 'required' };
  }
  if (possible.built || isCi || when === 'required') return { run: true };
  const reason =
    'conformance and end-to-end against a real control plane: its programs are not built here. ' +
    'Run: npm test -- --only real (the first time about ten minutes)';
  return { run: false, reason, isFailure: false };
}

/** What end-to-end tests of the lane get to know of the control plane. */
export function realEnvironment(plane: ControlPlane): Record<string, string> {
  return {
    STRATA_REAL_KUBECONFIG: plane.kubeconfig,
    STRATA_REAL_KUBECONFIG_ALICE: plane.kubeconfigs.alice,
    STRATA_REAL_KUBECONFIG_BOB: plane.kubeconfigs.bob,
    STRATA_REAL_KUBECTL: plane.kubectl,
    STRATA_REAL_DIR: plane.dir,
  };
}

async function runJourneys(grep: string | undefined): Promise<Counts> {
  const { startControlPlane } = await import('#test/controlplane/control-plane.ts');
  const plane = await startControlPlane({ nodes: NODES, say: (line) => say(`          ${line}`) });
  try {
    return await runPlaywright('real', grep, realEnvironment(plane));
  } finally {
    await plane.stop();
  }
}

export async function runReal(
  given: TestArguments,
  onBuild: (work: () => Promise<Counts>) => Promise<Counts>,
): Promise<Counts> {
  const { availability } = await import('#test/controlplane/control-plane.ts');
  const decision = decideReal(given.real, availability(), Boolean(process.env.CI));
  if (!decision.run) {
    say(`  ${decision.isFailure ? 'FAILED' : 'skipped'}  real: ${decision.reason}`);
    return decision.isFailure ? ONE_FAILED : { ...NO_COUNTS, skipped: { [decision.reason]: 1 } };
  }
  const conformance = await runConformance('real');
  const transcript = await runTranscript();
  return sumCounts([conformance, transcript, await onBuild(() => runJourneys(given.grep))]);
}
