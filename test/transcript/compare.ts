/** Two outputs of one step held against each other and against the list of differences. Pure. */
import type { Difference } from './differences.ts';

export interface Aligned {
  side: 'both' | 'demo' | 'real';
  line: string;
}

/** Both outputs in one, by their longest common subsequence. */
export function align(demo: readonly string[], real: readonly string[]): Aligned[] {
  const width = real.length + 1;
  const common = new Uint32Array((demo.length + 1) * width);
  const at = (d: number, r: number): number => common[d * width + r] ?? 0;
  for (let d = demo.length - 1; d >= 0; d -= 1) {
    for (let r = real.length - 1; r >= 0; r -= 1) {
      common[d * width + r] =
        demo[d] === real[r] ? at(d + 1, r + 1) + 1 : Math.max(at(d + 1, r), at(d, r + 1));
    }
  }
  const aligned: Aligned[] = [];
  let [d, r] = [0, 0];
  while (d < demo.length || r < real.length) {
    const [ours, theirs] = [demo[d], real[r]];
    if (ours !== undefined && ours === theirs) {
      aligned.push({ side: 'both', line: ours });
      [d, r] = [d + 1, r + 1];
    } else if (ours !== undefined && (theirs === undefined || at(d + 1, r) >= at(d, r + 1))) {
      aligned.push({ side: 'demo', line: ours });
      d += 1;
    } else {
      aligned.push({ side: 'real', line: theirs ?? '' });
      r += 1;
    }
  }
  return aligned;
}

/** The first entry of the list that explains a line. */
export function explanation(
  title: string,
  { side, line }: Aligned,
  list: readonly Difference[],
): Difference | undefined {
  if (side === 'both') return undefined;
  return list.find((each) => (each.step === undefined || each.step.test(title)) && each[side]?.test(line));
}
