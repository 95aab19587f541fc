/**
 * `npm run bench -- NAME [--pods N …] [--runs N] [--tabs N] [--seconds N] [--seed N] [--kubectl FILE]`:
 * measures, prints one JSON line a figure, and ends with 1 when a goal was missed. Each bench starts what it measures; nothing else should keep the machine busy.
 */
import { parseArgs } from 'node:util';
import type { BenchOptions } from './bench-options.ts';
import { type Figure, figureLine, isMet } from './figure.ts';

interface Bench {
  run(say: (line: string) => void, options: BenchOptions): AsyncIterable<Figure>;
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  'demo-scale': () => import('./demo-scale.ts'),
  coldload: () => import('./coldload.ts'),
  live: () => import('./live.ts'),
  page: () => import('./page.ts'),
  recover: () => import('./recover.ts'),
  truth: () => import('./truth.ts'),
};

const say = (line: string) => void process.stderr.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pods: { type: 'string', multiple: true, default: ['150000'] },
    runs: { type: 'string', default: '5' },
    tabs: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    kubectl: { type: 'string' },
  },
});
const name = positionals[0] ?? '';
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!load) {
  say(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exit(2);
}
const options = {
  pods: values.pods.map(Number),
  runs: Number(values.runs),
  tabs: Number(values.tabs),
  seconds: Number(values.seconds),
  seed: Number(values.seed),
  kubectl: values.kubectl,
};
for await (const figure of (await load()).run(say, options)) {
  process.stdout.write(`${figureLine(figure)}\n`);
  if (!isMet(figure)) process.exitCode = 1;
}
