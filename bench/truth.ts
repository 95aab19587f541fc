/**
 * The oracle: random changes and faults from a seed, and at the end every tab must show what the API server has, must
 * never have shown a row older than before, and must have said so whenever it was not up to date.
 */
import type { BenchOptions } from './bench-options.ts';
import type { Figure } from './figure.ts';
import { isGood, runInProcess } from './truth/in-process.ts';

export async function* run(
  say: (line: string) => void,
  { seed, runs }: BenchOptions,
): AsyncGenerator<Figure> {
  say(`truth: ${runs} runs in one process from seed ${seed} on`);
  let wrongRows = 0;
  let wentBack = 0;
  let unmarkedMs = 0;
  for (let next = seed; next < seed + runs; next++) {
    const findings = await runInProcess(next);
    wrongRows += findings.wrongRows;
    wentBack += findings.wentBack;
    unmarkedMs += Math.max(0, findings.unmarkedMs);
    if (isGood(findings)) continue;
    say(`replay with --seed ${next} --runs 1:`);
    for (const line of findings.story) say(`  ${line}`);
  }
  const named = (name: string) => `${name}, ${runs} runs in one process`;
  yield { name: named('wrong rows'), value: wrongRows, unit: '', goal: { atMost: 0 }, isSteady: true };
  yield {
    name: named('versions going back'),
    value: wentBack,
    unit: '',
    goal: { atMost: 0 },
    isSteady: true,
  };
  yield {
    name: named('unmarked stale'),
    value: unmarkedMs / 1_000,
    unit: 's',
    goal: { atMost: 0 },
    isSteady: true,
  };
}
