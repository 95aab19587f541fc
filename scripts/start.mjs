// `npm start`: installs, builds and serves, each only when needed. Works on any Node >= 18.
import { handOver, say } from './setup/hand-over.mjs';
import { parseStartArguments, USAGE } from './start-arguments.mjs';

const argv = process.argv.slice(2);
const parsed = parseStartArguments(argv);
if (!parsed.ok) {
  say(`${parsed.problem}\n\n${USAGE}`);
  process.exit(2);
}
if (parsed.value.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
await handOver('scripts/launch.ts', argv);
