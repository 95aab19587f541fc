/**
 * `npm run bench -- NAME [--pods N …] [--runs N] [--tabs N] [--seconds N] [--seed N] [--kubectl FILE] [--quick]`:
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
    quick: { type: 'boolean', default: false },
  },
});
/** Small, and judged only by what a busy machine does not change. */
const QUICK = { pods: ['10000'], runs: '1', tabs: '20', seconds: '5' };
const QUICK_BENCHES = ['coldload', 'live', 'recover', 'truth'];

const given = values.quick ? { ...values, ...QUICK } : values;
const names = values.quick && positionals.length === 0 ? QUICK_BENCHES : positionals.slice(0, 1);
if (names.length === 0 || !names.every((name) => Object.hasOwn(BENCHES, name))) {
  say(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--quick]; --quick alone: the gate`);
  process.exit(2);
}
const options = {
  pods: given.pods.map(Number),
  runs: Number(given.runs),
  tabs: Number(given.tabs),
  seconds: Number(given.seconds),
  seed: Number(given.seed),
  kubectl: given.kubectl,
};
const judged = ({ goal, ...figure }: Figure): Figure =>
  goal === undefined || (values.quick && !figure.isSteady) ? figure : { ...figure, goal };
for (const name of names) {
  const bench = await BENCHES[name]?.();
  // The oracle's runs are short.
  const own = values.quick && name === 'truth' ? { ...options, runs: 200 } : options;
  for await (const figure of bench?.run(say, own) ?? []) {
    const told = judged(figure);
    process.stdout.write(`${figureLine(told)}\n`);
    if (!isMet(told)) process.exitCode = 1;
  }
}
