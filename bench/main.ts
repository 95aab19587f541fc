/** `npm run bench -- NAME [--pods N …] [--runs N] [--kubectl FILE]`: prints one JSON line a figure; ends with 1 when a goal is missed. */
import { parseArgs } from 'node:util';
import { coldload } from './coldload.ts';
import { type Figure, isMet, line } from './figures.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pods: { type: 'string', multiple: true },
    runs: { type: 'string', default: '5' },
    kubectl: { type: 'string' },
  },
});

const figures: Figure[] = [];
const tell = (figure: Figure): void => {
  figures.push(figure);
  process.stdout.write(`${line(figure)}\n`);
};

const BENCHES: Readonly<Record<string, (pods: number) => Promise<void>>> = {
  coldload: (pods) => coldload({ pods, runs: Number(values.runs), kubectl: values.kubectl }, tell),
};

const [name = ''] = positionals;
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  process.stderr.write(`bench: one of ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else {
  for (const pods of values.pods ?? ['150000']) await bench(Number(pods));
  if (!figures.every(isMet)) process.exitCode = 1;
}
