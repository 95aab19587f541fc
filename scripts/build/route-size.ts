// What a browser loads before a route works, by Next's own record of the build
// (`.next/diagnostics/route-bundle-stats.json` names the route's first scripts, its client reference
// manifest the style sheets). An end-to-end test compares it with what a browser really loaded.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync } from 'node:zlib';

export interface AssetSize {
  readonly files: readonly string[];
  readonly rawBytes: number;
  /** at brotli's default quality, as a server or proxy in front would send it */
  readonly brotliBytes: number;
}

export interface RouteSize {
  readonly route: string;
  readonly script: AssetSize;
  readonly style: AssetSize;
}

interface BundleStats {
  readonly route: string;
  readonly firstLoadChunkPaths: readonly string[];
}

function isBundleStats(value: unknown): value is BundleStats {
  if (typeof value !== 'object' || value === null) return false;
  const { route, firstLoadChunkPaths } = value as Partial<BundleStats>;
  return typeof route === 'string' && Array.isArray(firstLoadChunkPaths);
}

function firstScripts(root: string, route: string): string[] {
  const file = '.next/diagnostics/route-bundle-stats.json';
  const rows: unknown = JSON.parse(readFileSync(join(root, file), 'utf8'));
  const found = (Array.isArray(rows) ? rows : []).filter(isBundleStats).find((row) => row.route === route);
  if (found === undefined)
    throw new Error(`${file} has no route ${route}: was it renamed? Then change scripts/budgets.json.`);
  return [...found.firstLoadChunkPaths];
}

function styleSheets(root: string, route: string): string[] {
  const file = `.next/server/app${route}/page_client-reference-manifest.js`;
  const sandbox: {
    globalThis?: unknown;
    __RSC_MANIFEST?: Record<string, { entryCSSFiles?: Record<string, { path: string }[]> }>;
  } = {};
  sandbox.globalThis = sandbox;
  runInNewContext(readFileSync(join(root, file), 'utf8'), sandbox);
  const entries = sandbox.__RSC_MANIFEST?.[`${route}/page`]?.entryCSSFiles;
  if (entries === undefined)
    throw new Error(`${file} names no style sheets: has the format of Next's build changed?`);
  return Object.values(entries).flatMap((list) => list.map((entry) => `.next/${entry.path}`));
}

/** Sizes of files of the build, each counted once; paths from the root. */
export function measureFiles(root: string, files: readonly string[]): AssetSize {
  const unique = [...new Set(files)];
  const contents = unique.map((file) => readFileSync(join(root, file)));
  return {
    files: unique,
    rawBytes: contents.reduce((sum, content) => sum + content.length, 0),
    brotliBytes: contents.reduce((sum, content) => sum + brotliCompressSync(content).length, 0),
  };
}

/** Sizes of one built route, as in `/[cluster]/[resource]`; throws when the build does not have it. */
export function routeSize(root: string, route: string): RouteSize {
  return {
    route,
    script: measureFiles(root, firstScripts(root, route)),
    style: measureFiles(root, styleSheets(root, route)),
  };
}
