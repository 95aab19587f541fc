// `npm test`: installs what it needs and runs every lane. Works on any Node >= 18.
import { handOver, say } from './setup/hand-over.mjs';
import { parseTestArguments, USAGE } from './test-arguments.mjs';

const argv = process.argv.slice(2);
const parsed = parseTestArguments(argv);
if (!parsed.ok) {
  say(`${parsed.problem}\n\n${USAGE}`);
  process.exit(2);
}
if (parsed.value.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
await handOver('scripts/lanes/main.ts', argv);
