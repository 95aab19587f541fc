import { EventEmitter } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import type { Duplex } from 'node:stream';

/** What serves pages and API routes behind the edge. Next in earnest, anything in tests. */
export interface Pages {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Hot reload; undefined in production, where no upgrade reaches Next. */
  readonly upgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Whether a path below /_next/static/ is a file of the build: Next would answer others with a page. */
  hasStatic(path: string): boolean;
  close(): Promise<void>;
}

export interface PagesOptions {
  readonly isDev: boolean;
  /** The checkout: holds .next. */
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  /** 'http://127.0.0.1:7070' */
  readonly origin: string;
}

/**
 * Next as a library. Three things of it are private and guarded by tests that start the built server: how it is told that
 * a page is made without its query (hideQuestion), the standalone config (skips loading next.config.ts and makes `output: standalone` work), and the origin, without which
 * it would fetch from whatever a Host header names (CVE-2026-64649). It attaches its own upgrade listener to the HTTP
 * server it is given and ends sockets it does not know: hence an emitter of its own.
 */
export async function openNextPages(options: PagesOptions): Promise<Pages> {
  const environment: Record<string, string> = {
    NODE_ENV: options.isDev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    __NEXT_PRIVATE_ORIGIN: options.origin,
  };
  const built = join(options.dir, '.next', 'required-server-files.json');
  if (!options.isDev) {
    if (!existsSync(built))
      throw new Error(`The console is not built (${built} is missing): run npm run build`);
    const { config } = JSON.parse(readFileSync(built, 'utf8')) as { config: unknown };
    environment.__NEXT_PRIVATE_STANDALONE_CONFIG = JSON.stringify(config);
  }
  Object.assign(process.env, environment);
  const { default: next } = await import('next');
  const upgrades = new EventEmitter();
  const app = next({
    dev: options.isDev,
    dir: options.dir,
    hostname: options.host,
    port: options.port,
    httpServer: upgrades as unknown as Server,
  });
  await app.prepare();
  const handle = app.getRequestHandler();
  const files = options.isDev ? null : staticFiles(join(options.dir, '.next', 'static'));
  return {
    handle: (req, res) => {
      hideQuestion(req, res);
      return handle(req, res);
    },
    ...(options.isDev
      ? { upgrade: (req, socket, head) => void upgrades.emit('upgrade', req, socket, head) }
      : {}),
    // In development files come and go with every edit.
    hasStatic: (path) => files === null || files.has(decodeURIComponent(path)),
    close: () => app.close(),
  };
}

/**
 * Next makes a page of its path alone. What stands behind '?' is the page's own affair in the browser, and Next's router
 * there would take pages with other questions for other pages, and fetch them anew. The document still gets its question,
 * to be rendered with it. `_rsc` is the router's own; addresses of the API and of Next's own files mean what they say.
 */
export function hideQuestion(req: IncomingMessage, res: ServerResponse): void {
  const url = req.url ?? '/';
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (/^\/(?:api\/|_next\/|__nextjs)/.test(path)) return;
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at));
  const rsc = search.get('_rsc');
  search.delete('_rsc');
  req.url = rsc === null ? path : `${path}?${new URLSearchParams({ _rsc: rsc })}`;
  req.headers['x-question'] = search.toString();
  // As behind a rewrite; without it the router goes by the address that it asked.
  res.setHeader('x-nextjs-rewritten-query', '');
}

/** Addresses of a build's files, read once: a build under a running console needs a restart anyway. */
function staticFiles(dir: string): ReadonlySet<string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Set(files.map((file) => `/_next/static${file.slice(dir.length).split(sep).join('/')}`));
}
