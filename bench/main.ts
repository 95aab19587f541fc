/**
 * `npm run bench -- NAME`: measures, prints one JSON line a figure, and ends with 1 when a goal was missed.
 * Each bench starts what it measures; nothing else should keep the machine busy.
 */
import { type Figure, figureLine, isMet } from './figure.ts';

const BENCHES: Record<string, () => Promise<{ run(say: (line: string) => void): AsyncIterable<Figure> }>> = {
  'demo-scale': () => import('./demo-scale.ts'),
};

const say = (line: string) => void process.stderr.write(`${line}\n`);
const name = process.argv[2] ?? '';
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (!load) {
  say(`Usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  process.exit(2);
}
for await (const figure of (await load()).run(say)) {
  process.stdout.write(`${figureLine(figure)}\n`);
  if (!isMet(figure)) process.exitCode = 1;
}
