import { describe, expect, test } from 'vitest';
import { readSource } from './boundaries/source-file.ts';
import { checkHouse, readHouse, describe as say } from './boundaries.ts';

/** Rules broken by the given files, as `path rule`. */
function broken(files: Record<string, string>): string[] {
  const sources = Object.entries(files).map(([path, text]) => readSource(path, text));
  return checkHouse(sources).map((one) => `${one.path}:${one.line} ${one.rule}`);
}

const lines = (count: number) => `export const x = 1;\n${'// why\n'.repeat(count - 1)}`;

test('the house keeps its rules', () => {
  const files = readHouse(process.cwd());
  expect(files.length).toBeGreaterThan(20);
  expect(checkHouse(files).map(say)).toEqual([]);
});

describe('imports', () => {
  test('go the way of the data', () => {
    expect(
      broken({
        'lib/format/age.ts': 'export const age = 1;',
        'lib/resources/pod.ts': "import { age } from '#lib/format/age.ts';\nexport const pod = age;",
        'server/main.ts':
          "import type { Server } from 'node:http';\nimport { pod } from '#lib/resources/pod.ts';\nexport const main = (s: Server) => [s, pod];",
      }),
    ).toEqual([]);
  });
  test.each([
    ['lib/format/age.ts', "import { pod } from '../resources/pod.ts';", 'a pure room reaching right'],
    [
      'lib/k8s/client/request.ts',
      "import { store } from '../cache/store.ts';",
      'client reaching for the cache',
    ],
    [
      'components/ui/button.tsx',
      "import { age } from '#lib/format/age.ts';",
      'a primitive that knows Kubernetes',
    ],
    [
      'components/views/list/list.tsx',
      "import { bar } from '../../shell/bar.tsx';",
      'a view reaching for the shell',
    ],
    [
      'demo/main.ts',
      "import { pod } from '#lib/resources/pod.ts';",
      'the simulation sharing code with the console',
    ],
    ['server/hub/hub.ts', "import page from '#app/page.tsx';", 'anything importing app'],
    ['lib/live/rows.ts', "import { hub } from '#server/hub/hub.ts';", 'the browser importing the server'],
    [
      'e2e/support/page.ts',
      "import { Table } from '#components/table/table.tsx';",
      'e2e importing components',
    ],
    ['scripts/start.mjs', "import { startDemo } from '../demo/client.ts';", 'scripts importing the demo'],
    ['lib/format/age.ts', "import React from 'react';", 'React in a pure room'],
    ['lib/format/age.ts', "import { join } from 'node:path';", 'Node in a pure room'],
    ['lib/k8s/cache/store.ts', "import { request } from 'undici';", 'undici outside client'],
    ['components/chart/axis.tsx', "import { Xterm } from '@xterm/xterm';", "another instrument's package"],
    [
      'lib/resources/pod.ts',
      "const later = () => import('left-pad');\nexport { later };",
      'a package loaded on demand',
    ],
    ['lib/resources/pod.ts', "export { x } from 'zod';\nexport const y = 1;", 'a package re-exported'],
  ])('%s may not say %s', (path, text) => {
    expect(broken({ [path]: text })).toContainEqual(`${path}:1 imports`);
  });
  test('types may come from where values may not', () => {
    const from = (kind: string) =>
      `import ${kind}{ Row } from '#lib/resources/row.ts';\nexport const row: Row = 1;`;
    expect(broken({ 'components/table/rows.tsx': from('type ') })).toEqual([]);
    expect(broken({ 'components/table/rows.tsx': from('') })).toEqual([
      'components/table/rows.tsx:1 imports',
    ]);
  });
  test('out of a top folder they begin with #', () => {
    expect(broken({ 'server/main.ts': "import '../lib/resources/pod.ts';" })).toEqual([
      'server/main.ts:1 imports',
    ]);
  });
  test('a file in no room is told to move', () => {
    expect(broken({ 'lib/stuff/thing.ts': 'export const thing = 1;' })).toEqual([
      'lib/stuff/thing.ts:1 rooms',
    ]);
  });
  test('tests have their tools, and no more', () => {
    const text = (name: string) => `import { test } from '${name}';\ntest('x', () => undefined);`;
    expect(
      broken({ 'lib/format/age.test.ts': text('vitest'), 'lib/routes.test.ts': text('fast-check') }),
    ).toEqual([]);
    expect(broken({ 'lib/format/age.test.ts': text('undici') })).toEqual([
      'lib/format/age.test.ts:1 imports',
    ]);
  });
});

describe('cycles', () => {
  test('of files', () => {
    const found = broken({
      'lib/format/a.ts': "import { b } from './b.ts';\nexport const a = () => b;",
      'lib/format/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
    });
    expect(found).toEqual(['lib/format/a.ts:1 cycles']);
  });
  test('of folders, through types as well', () => {
    const found = broken({
      'server/hub/a.ts': "import { b } from '../session/b.ts';\nexport const a = b;",
      'server/session/b.ts': 'export const b = 1;',
      'server/session/c.ts': "import type { D } from '../hub/d.ts';\nexport const c: D = 1;",
      'server/hub/d.ts': 'export type D = number;',
    });
    expect(found).toEqual(['server/hub/a.ts:1 cycles']);
  });
  test('not between a folder and its own parts', () => {
    const found = broken({
      'lib/resources/registry.ts': "import { pod } from './workloads/pod.ts';\nexport const all = [pod];",
      'lib/resources/definition.ts': 'export type Definition = number;',
      'lib/resources/workloads/pod.ts':
        "import type { Definition } from '../definition.ts';\nexport const pod: Definition = 1;",
    });
    expect(found).toEqual([]);
  });
});

describe('shape', () => {
  test('files have an end', () => {
    expect(broken({ 'lib/format/age.ts': lines(400) })).toEqual([]);
    expect(broken({ 'lib/format/age.ts': lines(401) })).toEqual(['lib/format/age.ts:401 size']);
    expect(broken({ 'lib/format/age.test.ts': lines(401) })).toEqual([]);
    expect(broken({ 'lib/format/age.test.ts': lines(601) })).toEqual(['lib/format/age.test.ts:601 size']);
    expect(broken({ 'demo/facts/schemas.ts': lines(2000) })).toEqual([]);
  });
  test('functions have an end', () => {
    const text = (count: number) => `export function f() {\n${'  // why\n'.repeat(count - 2)}}\n`;
    expect(broken({ 'lib/format/age.ts': text(50) })).toEqual([]);
    expect(broken({ 'lib/format/age.ts': text(51) })).toEqual(['lib/format/age.ts:1 size']);
  });
  test('folders have an end, tests beside are free', () => {
    const files = (count: number, ending: string) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [`lib/format/f${at}${ending}`, 'export const x = 1;']),
      );
    expect(broken({ ...files(20, '.ts'), ...files(20, '.test.ts') })).toEqual([]);
    expect(broken(files(21, '.ts'))).toEqual(['lib/format:1 size']);
  });
  test('depth has an end, routes may go deeper', () => {
    expect(broken({ 'server/a/b/c/d.ts': 'export const d = 1;' })).toEqual([]);
    expect(broken({ 'server/a/b/c/d/e.ts': 'export const e = 1;' })).toEqual(['server/a/b/c/d/e.ts:1 depth']);
    expect(broken({ 'app/[cluster]/[resource]/[...name]/a/b/page.tsx': 'export const e = 1;' })).toEqual([]);
  });
  test.each([
    'lib/format/utils.ts',
    'lib/format/pod-helpers.ts',
    'server/common/x.ts',
    'server/hub/v2.ts',
    'server/hub/PodList.ts',
  ])('%s has a bad name', (path) =>
    expect(broken({ [path]: 'export const x = 1;' })).toEqual([`${path}:1 names`]),
  );
});

describe('code', () => {
  const one = (path: string, text: string) => broken({ [path]: text }).map((line) => line.split(' ')[1]);
  test.each([
    ['any', 'server/hub/a.ts', 'export const a = (x: any) => x;'],
    ['suppressions', 'server/hub/a.ts', '// @ts-expect-error because\nexport const a = 1;'],
    ['suppressions', 'server/hub/a.ts', '// biome-ignore lint/style/x: no\nexport const a = 1;'],
    ['errors', 'server/hub/a.ts', 'export const a = () => {\n  try {\n    a();\n  } catch {}\n};'],
    ['state', 'server/hub/a.ts', 'export let count = 0;'],
    ['state', 'lib/live/a.ts', 'const cache = new Map();\nexport const a = () => cache;'],
    ['barrels', 'server/hub/index.ts', "export { a } from './a.ts';"],
    ['barrels', 'server/hub/b.ts', "export * from './a.ts';\nexport const b = 1;"],
    ['server-actions', 'app/save.ts', "'use server';\nexport const save = 1;"],
    ['kinds', 'server/hub/a.ts', "export const a = (x: { kind: string }) => x.kind === 'Pod';"],
    ['kinds', 'components/views/a.tsx', "export const a = (kind: string) => 'Deployment' !== kind;"],
    [
      'kinds',
      'lib/live/a.ts',
      "export function a(x: { ownerKind: string }) {\n  switch (x.ownerKind) {\n    case 'Node':\n  }\n}",
    ],
    ['pure', 'lib/format/a.ts', 'export const a = () => Date.now();'],
    ['pure', 'lib/findings/a.ts', 'export const a = () => new Date();'],
    ['pure', 'lib/protocol/a.ts', 'export const a = (f: () => void) => setTimeout(f, 1);'],
    ['pure', 'lib/resources/a.ts', 'export const a = () => Math.random();'],
    ['pure', 'lib/forecast/a.ts', "export const a = () => fetch('/');"],
    ['pure', 'lib/routes.ts', 'export const a = () => process.env.HOME;'],
  ])('%s: %s', (rule, path, text) => {
    expect(one(path, text)).toEqual([rule]);
  });
  test.each([
    ['lib/resources/a.ts', "export const a = (kind: string) => kind === 'Pod';"],
    ['lib/k8s/client/a.ts', "export const a = (x: { kind: string }) => x.kind === 'Status';"],
    ['lib/live/a.ts', "export const a = (x: { kind: string }) => x.kind === 'live';"],
    ['lib/format/a.ts', 'export const a = (now: number) => new Date(now).toISOString();'],
    ['server/hub/a.ts', "const names = new Set(['a']);\nexport const a = () => names;"],
    [
      'server/hub/a.ts',
      'export const a = () => {\n  try {\n    a();\n  } catch {\n    // gone already\n  }\n};',
    ],
    [
      'components/ui/a.tsx',
      '// biome-ignore lint/a11y/x: a region that scrolls takes the focus\nexport const a = 1;',
    ],
  ])('%s is fine with %s', (path, text) => {
    expect(one(path, text)).toEqual([]);
  });
  test('silenced lint rules are counted', () => {
    const comment = '// biome-ignore lint/a11y/x: a region that scrolls takes the focus\n';
    expect(one('components/ui/a.tsx', `${comment.repeat(8)}export const a = 1;`)).toEqual([]);
    expect(one('components/ui/a.tsx', `${comment.repeat(9)}export const a = 1;`)).toHaveLength(9);
  });
});

test('a failure says where, which rule and what to do', () => {
  const source = readSource('lib/format/a.ts', "import React from 'react';\nexport const a = React;");
  expect(checkHouse([source]).map(say)).toEqual([
    'lib/format/a.ts:1 [imports] lib/format may not use the package react (it may: none). ' +
      'Use it in the room it belongs to, or add it to the table with a decision',
  ]);
});
