// `npm run check`: types, lint, boundaries, dead code and unit tests; under two minutes.
import { handOver, say } from './setup/hand-over.mjs';

if (process.argv.length > 2) {
  say('Usage: npm run check   (no options; npm test -- --help has them)');
  process.exit(2);
}
await handOver('scripts/lanes/main.ts', ['--only', 'check', '--only', 'unit', '--real', 'off']);
