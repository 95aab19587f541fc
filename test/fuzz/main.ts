/**
 * `node test/fuzz/main.ts [--count N] [--seed N]`: hostile requests against a demo cluster of its own, then a look at
 * what they left. Ends with 1 when anything was wrong. The same seed and count repeat a run.
 */
import { parseArgs } from 'node:util';
import { fuzzDemo } from './fuzz-demo.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const say = (line: string) => process.stderr.write(`${line}\n`);
const began = performance.now();
const { report, faults } = await fuzzDemo(count, seed, say);
for (const fault of faults.slice(0, 100)) say(fault);
const codes = Object.entries(report.codes).map(([code, times]) => `${code}: ${times}`);
say(`answers: ${codes.join(', ')}`);
const seconds = Math.round((performance.now() - began) / 1000);
say(
  `seed ${seed}: ${report.sent} requests in ${seconds} s, at most ${Math.round(report.peakBytes / 1e6)} MB, ${faults.length} faults`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
