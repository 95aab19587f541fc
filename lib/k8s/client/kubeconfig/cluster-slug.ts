import { createHash } from 'node:crypto';

/**
 * Cluster ids: the context's name as a part of URLs, [a-z0-9-], at most 60 characters. Names that give the same slug
 * or a reserved word get a short hash of the name, all of them, so that an id does not depend on the file's order.
 */
const MAX_LENGTH = 60;
const HASH_LENGTH = 6;

/** First path segments that are not clusters: routes of the console, of Next, and names browsers ask for. */
const RESERVED: ReadonlySet<string> = new Set([
  'api',
  'app',
  'apis',
  'assets',
  'about',
  'clusters',
  'favicon-ico',
  'health',
  'healthz',
  'icon',
  'live',
  'livez',
  'login',
  'logout',
  'manifest-webmanifest',
  'metrics',
  'new',
  'next',
  'not-found',
  'public',
  'readyz',
  'robots-txt',
  'session',
  'settings',
  'sign-in',
  'sign-out',
  'sitemap-xml',
  'socket',
  'static',
  'well-known',
]);

/** Context name → id. Names must be unique. */
export function clusterSlugs(contexts: readonly string[]): ReadonlyMap<string, string> {
  const bySlug = new Map<string, string[]>();
  for (const context of contexts) {
    const slug = slugOf(context);
    bySlug.set(slug, [...(bySlug.get(slug) ?? []), context]);
  }
  const taken = new Set<string>();
  const ids = new Map<string, string>();
  for (const [slug, names] of bySlug) {
    if (names.length > 1 || slug === '' || RESERVED.has(slug)) continue;
    taken.add(slug);
    ids.set(names[0] ?? '', slug);
  }
  for (const context of contexts) {
    if (ids.has(context)) continue;
    const id = hashed(slugOf(context) || 'context', context, taken);
    taken.add(id);
    ids.set(context, id);
  }
  return ids;
}

function slugOf(context: string): string {
  return context
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
}

function hashed(slug: string, context: string, taken: ReadonlySet<string>): string {
  for (let round = 0; ; round++) {
    const hash = createHash('sha256').update(`${round}:${context}`).digest('hex').slice(0, HASH_LENGTH);
    const id = `${slug.slice(0, MAX_LENGTH - HASH_LENGTH - 1).replace(/-+$/, '')}-${hash}`;
    if (!taken.has(id)) return id;
  }
}
