// The rules of the house as data, and the command that checks them (`npm run check`, or node scripts/boundaries.ts).
// These tables are the source; docs/architecture.md explains them. A change here wants a page in docs/decisions.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CodeRules, checkCode } from './boundaries/code.ts';
import { checkCycles } from './boundaries/cycles.ts';
import { checkImports, type TestExtras } from './boundaries/imports.ts';
import type { Room } from './boundaries/room.ts';
import { checkShape, type Limits } from './boundaries/shape.ts';
import { readSource, type SourceFile, type Violation } from './boundaries/source-file.ts';
import { filesBelow } from './build/inputs.ts';

const REACT = ['react', 'react-dom'];
const SEEN = [...REACT, 'next', '@mantine/core', '@mantine/hooks'];
const ROWS = ['@tanstack/react-virtual', '@tanstack/react-table'];
const PURE_LEFT = ['lib/format', 'lib/resources'];
const MEANING = [...PURE_LEFT, 'lib/findings', 'lib/forecast', 'lib/protocol'];
const CACHE_LEFT = ['lib/k8s/client', 'lib/k8s/discovery', 'lib/k8s/codec', ...PURE_LEFT];
const ACCESS_LEFT = [...CACHE_LEFT, 'lib/k8s/cache', 'lib/k8s/access'];
const INSTRUMENTS = ['table', 'chart', 'wizard', 'editor', 'terminal', 'log', 'graph'].map(
  (one) => `components/${one}`,
);
const KIND_LOOKS = [
  'components/ui',
  ...INSTRUMENTS,
  'lib/live',
  'lib/protocol',
  'lib/routes.ts',
  ...PURE_LEFT,
];
const PLACES = [...KIND_LOOKS, 'components/resources', 'lib/findings', 'lib/forecast'];
const SUBJECTS = [
  'demo/client.ts',
  'test/fixtures',
  'lib/protocol',
  'lib/routes.ts',
  'lib/k8s',
  ...PURE_LEFT,
];

const instrument = (name: string, packages: readonly string[]): Room => ({
  path: `components/${name}`,
  imports: ['components/ui', 'lib/format'],
  types: ['lib/resources'],
  packages: [...SEEN, ...packages],
});

/** Who may import whom, in the order of the data's way. What is not written here is refused. */
export const ROOMS: readonly Room[] = [
  { path: 'lib/format', imports: [], packages: [], isPure: true },
  { path: 'lib/resources', imports: ['lib/format'], packages: [], isPure: true },
  { path: 'lib/findings', imports: PURE_LEFT, packages: [], isPure: true },
  { path: 'lib/forecast', imports: PURE_LEFT, packages: [], isPure: true },
  { path: 'lib/protocol', imports: PURE_LEFT, packages: ['zod'], isPure: true },
  { path: 'lib/routes.ts', imports: MEANING, packages: [], isPure: true },
  { path: 'lib/live', imports: [...MEANING, 'lib/routes.ts'], packages: ['react', '@tanstack/react-query'] },

  {
    path: 'lib/k8s/client',
    imports: PURE_LEFT,
    packages: ['node:*', 'undici', 'yaml'],
  },
  { path: 'lib/k8s/discovery', imports: ['lib/k8s/client', ...PURE_LEFT], packages: ['node:*'] },
  { path: 'lib/k8s/codec', imports: ['lib/k8s/client', ...PURE_LEFT], packages: ['node:*'] },
  { path: 'lib/k8s/cache', imports: CACHE_LEFT, packages: ['node:*'] },
  { path: 'lib/k8s/access', imports: [...CACHE_LEFT, 'lib/k8s/cache'], packages: ['node:*'] },
  { path: 'lib/k8s/query', imports: ACCESS_LEFT, packages: ['node:*'] },
  { path: 'lib/k8s/metrics', imports: ACCESS_LEFT, packages: ['node:*'] },
  { path: 'lib/k8s/subresources', imports: ACCESS_LEFT, packages: ['node:*', 'ws'] },

  {
    path: 'server',
    imports: ['lib/k8s', ...MEANING],
    packages: ['node:*', 'next', 'ws', 'pino', 'prom-client'],
  },

  { path: 'components/ui', imports: [], packages: SEEN },
  instrument('table', ROWS),
  instrument('chart', ['uplot', 'recharts']),
  instrument('wizard', []),
  instrument('editor', ['@codemirror/*', 'yaml']),
  instrument('terminal', ['@xterm/*']),
  instrument('log', ROWS),
  instrument('graph', ['@xyflow/react', '@dagrejs/dagre']),
  { path: 'components/resources', imports: KIND_LOOKS, packages: SEEN },
  { path: 'components/views', imports: PLACES, packages: [...SEEN, '@tanstack/react-query', 'yaml'] },
  { path: 'components/shell', imports: PLACES, packages: SEEN },

  { path: 'app', imports: ['components/views', 'components/shell', 'lib/routes.ts'], packages: SEEN },
  {
    path: 'app/layout.tsx', // wires providers, dock and actions
    imports: [
      'app',
      'components/ui',
      'components/views',
      'components/shell',
      'components/resources',
      'lib/live',
      'lib/routes.ts',
    ],
    packages: [...SEEN, '@fontsource-variable/*'],
  },
  { path: 'app/api', imports: ['lib/protocol'], types: ['lib/resources', 'lib/k8s'], packages: ['next'] },

  {
    path: 'demo',
    imports: [],
    packages: ['node:*', 're2js', 'ws', 'yaml'],
  },

  {
    path: 'test/fixtures',
    imports: ['lib/protocol', 'lib/k8s', ...PURE_LEFT],
    packages: ['node:*', '@peculiar/x509', 'reflect-metadata', 'yaml'],
  },
  {
    path: 'test/controlplane',
    imports: ['test/fixtures'],
    packages: ['node:*', '@peculiar/x509', 'reflect-metadata', 'yaml', 'ws'],
  },
  { path: 'test/k8s', imports: SUBJECTS, packages: ['node:*'] }, // stages of lib/k8s against the demo cluster
  { path: 'test/fuzz', imports: SUBJECTS, packages: ['node:*'] }, // hostile requests to the demo cluster
  {
    path: 'test/conformance',
    imports: [...SUBJECTS, 'test/controlplane', 'scripts/build', 'scripts/budgets.json'],
    packages: ['node:*', 'undici', 'ws', 'yaml', 'vitest'],
  },
  {
    path: 'test/transcript',
    imports: ['demo/client.ts', 'test/controlplane'],
    packages: ['node:*', 'yaml'],
  },
  {
    path: 'e2e',
    imports: [...SUBJECTS, 'test/controlplane', 'scripts/build', 'scripts/budgets.json'],
    packages: ['node:*', '@playwright/test', '@axe-core/playwright', 'ws', 'yaml'],
  },
  {
    path: 'bench', // what it measures it starts, or builds from its parts
    imports: [...SUBJECTS, 'server/hub', 'lib/live'],
    packages: ['node:*', 'undici', 'ws'],
  },

  { path: 'scripts', imports: ['scripts/boundaries'], packages: ['node:*'] },
  { path: 'scripts/launch.ts', imports: ['scripts', 'demo/client.ts'], packages: ['node:*'] },
  {
    path: 'scripts/lanes', // runs the tests, and what they run against
    imports: ['scripts', 'test/controlplane/control-plane.ts'],
    packages: ['node:*', '@playwright/test'],
    typePackages: ['vitest'],
  },
  { path: 'scripts/boundaries', imports: ['scripts'], packages: ['node:*', 'oxc-parser'] },
  { path: 'next.config.ts', imports: [], packages: ['next'] },
  { path: 'vitest.config.ts', imports: [], packages: ['vitest', '@vitejs/plugin-react'] },
  { path: 'playwright.config.ts', imports: ['scripts/lanes/chromium.ts'], packages: ['@playwright/test'] },
];

/** Tests may use these wherever they stand. */
export const FOR_TESTS: TestExtras = {
  // The client library is the second opinion of a test (decision 6); nothing that runs may use it.
  packages: ['node:*', 'vitest', 'fast-check', '@testing-library/*', '@kubernetes/client-node', ...REACT],
  imports: ['test/fixtures'],
};

export const LIMITS: Limits = {
  fileLines: 400,
  testLines: 600,
  functionLines: 50,
  folderFiles: 20,
  depth: 4,
  routeDepth: 6,
  sizeFree: ['demo/facts', 'test/fixtures'],
  bannedNames: ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'v2', 'legacy'],
};

const WHERE_KINDS_MEAN_SOMETHING = ['lib/resources', 'lib/findings', 'components/resources'];

export const CODE_RULES: CodeRules = {
  // The simulation and the tests have subjects of their own; in the console a kind is data.
  kindRooms: [...WHERE_KINDS_MEAN_SOMETHING, 'demo', 'test', 'e2e', 'bench', 'scripts'],
  machineryKinds: ['Status', 'Table', 'PartialObjectMetadata', 'Config', 'ExecCredential'],
  statelessRooms: ['lib', 'server', 'components', 'app', 'demo'],
  lintSuppressions: 8,
};

/** All violations in a set of files, sorted by place. */
export function checkHouse(files: readonly SourceFile[]): Violation[] {
  return [
    ...files.flatMap((file) => checkImports(ROOMS, FOR_TESTS, file)),
    ...checkCycles(files),
    ...checkShape(LIMITS, files),
    ...checkCode(ROOMS, CODE_RULES, files),
  ].sort((one, other) => one.path.localeCompare(other.path) || one.line - other.line);
}

const TOPS = ['app', 'bench', 'components', 'demo', 'e2e', 'lib', 'scripts', 'server', 'test'];
const CONFIGS = ['next.config.ts', 'vitest.config.ts', 'playwright.config.ts'];

/** Every source file of the checkout at `root`. */
export function readHouse(root: string): SourceFile[] {
  const isWanted = (name: string) => !name.startsWith('.') && name !== 'node_modules';
  return [...TOPS, ...CONFIGS]
    .flatMap((top) => filesBelow(root, top, isWanted))
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

export const describe = (one: Violation) => `${one.path}:${one.line} [${one.rule}] ${one.message}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = readHouse(process.cwd());
  const violations = checkHouse(files);
  process.stdout.write(violations.map((one) => `${describe(one)}\n`).join(''));
  process.stdout.write(`${files.length} files, ${violations.length} violations\n`);
  process.exitCode = violations.length === 0 && files.length > 0 ? 0 : 1;
}
