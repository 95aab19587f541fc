import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Budget, describeSize, overBudget } from './budget.ts';
import { filesBelow, hashInputs } from './inputs.ts';
import { routeSize } from './route-size.ts';

let root: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-build-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the hash of the inputs', () => {
  const hash = () => hashInputs(root, ['app', 'lib', 'next.config.ts'], 'v24');
  beforeEach(() => {
    put('app/page.tsx', 'a');
    put('lib/x/y.ts', 'b');
    put('next.config.ts', 'c');
  });
  test('changes with content, names and Node', () => {
    const seen = [hash()];
    put('lib/x/y.ts', 'b2');
    seen.push(hash());
    put('lib/x/z.ts', '');
    seen.push(hash(), hashInputs(root, ['app', 'lib', 'next.config.ts'], 'v25'));
    rmSync(join(root, 'next.config.ts'));
    seen.push(hash());
    expect(new Set(seen).size).toBe(5);
  });
  test('does not change with the clock, tests, or what lies elsewhere', () => {
    const before = hash();
    utimesSync(join(root, 'app/page.tsx'), 1, 1);
    put('lib/x/y.test.ts', 'expect');
    put('lib/.DS_Store', '');
    put('server/main.ts', 'x');
    expect(hash()).toBe(before);
  });
  test('keeps content and names apart', () => {
    put('lib/x/y.ts', 'b\nlib/x/z.ts\n1\nq');
    const joined = hash();
    put('lib/x/y.ts', 'b');
    put('lib/x/z.ts', 'q');
    expect(hash()).not.toBe(joined);
  });
  test('sees files in a fixed order', () => {
    expect(filesBelow(root, 'lib', () => true)).toEqual(['lib/x/y.ts']);
    expect(filesBelow(root, 'nothing', () => true)).toEqual([]);
  });
});

describe('the budget', () => {
  const budget: Budget = { scriptBrotliKb: 1, scriptBrotliKbGoal: 0.5, goalIssue: 'later', styleBrotliKb: 1 };
  const route = '/[cluster]/[resource]';
  beforeEach(() => {
    put('.next/static/a.js', 'a'.repeat(5_000));
    put('.next/static/a.css', 'b');
    put(
      '.next/diagnostics/route-bundle-stats.json',
      JSON.stringify([{ route, firstLoadChunkPaths: ['.next/static/a.js', '.next/static/a.js'] }]),
    );
    const manifest = {
      [`${route}/page`]: { entryCSSFiles: { x: [{ path: 'static/a.css' }], y: [{ path: 'static/a.css' }] } },
    };
    put(
      `.next/server/app${route}/page_client-reference-manifest.js`,
      `globalThis.__RSC_MANIFEST = globalThis.__RSC_MANIFEST || {};\nObject.assign(globalThis.__RSC_MANIFEST, ${JSON.stringify(manifest)})`,
    );
  });
  test('counts every file of a route once', () => {
    const size = routeSize(root, route);
    expect(size.script).toMatchObject({ files: ['.next/static/a.js'], rawBytes: 5_000 });
    expect(size.style).toMatchObject({ files: ['.next/static/a.css'], rawBytes: 1 });
    expect(overBudget(size, budget)).toEqual([]);
    expect(describeSize(size, budget)).toContain(
      'JavaScript 0.0 KB brotli (5.0 KB raw, 1 files; budget 1, goal 0.5 by "later")',
    );
  });
  test('says what is too large', () => {
    const asset = { files: [], rawBytes: 9_000, brotliBytes: 1_001 };
    const found = overBudget({ route, script: asset, style: asset }, budget);
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'JavaScript of /[cluster]/[resource] is 1.0 KB brotli, the budget 1 KB',
      'CSS of /[cluster]/[resource] is 1.0 KB brotli, the budget 1 KB',
    ]);
  });
  test('fails for a route that is not there', () => {
    expect(() => routeSize(root, '/gone')).toThrow('has no route /gone');
  });
});
