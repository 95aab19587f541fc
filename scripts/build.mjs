// `npm run build`. Works on any Node >= 18; hands over to the right one.
import { handOver, say } from './setup/hand-over.mjs';

if (process.argv.length > 2) {
  say('Usage: npm run build   (no options)');
  process.exit(2);
}
await handOver('scripts/build/main.ts', []);
