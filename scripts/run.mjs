// `npm run demo|conformance|controlplane`: installs what is missing and runs a program of this repository
// on the right Node, whichever Node this is.
import { handOver, say } from './setup/hand-over.mjs';

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  say('Usage: node scripts/run.mjs PROGRAM [arguments]');
  process.exit(2);
}
await handOver(program, args);
