import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const NEVER = ['**/node_modules/**', '.next/**', 'e2e/**'];

/** Two projects: what needs no browser, and what renders. End-to-end and conformance have runners of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{lib,server,demo,scripts,test,app,bench}/**/*.test.ts'],
          exclude: [...NEVER, '**/*.dom.test.ts'],
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['components/**/*.test.{ts,tsx}', 'lib/live/**/*.dom.test.{ts,tsx}'],
          exclude: NEVER,
        },
      },
    ],
  },
});
