import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Started by main.ts, which chooses the target. Two files at a time: the cluster is the slow part. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    name: 'conformance',
    environment: 'node',
    include: ['test/conformance/*.conformance.ts'],
    chaiConfig: { truncateThreshold: 1000 }, // a difference of two messages must be read whole
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
