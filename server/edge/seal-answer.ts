import type { ServerResponse } from 'node:http';
import type { EdgeRoute } from './edge-route.ts';

/**
 * The last word on every answer, whoever wrote it: nothing but hashed static files may be stored, nothing says what
 * made it, nothing is opened to other origins. Runs when the head is written, so no handler can undo it.
 */
export function sealAnswer(res: ServerResponse, route: EdgeRoute, isDev: boolean): void {
  const writeHead: (...args: unknown[]) => ServerResponse = res.writeHead.bind(res) as never;
  const seal = (...args: unknown[]): ServerResponse => {
    const status = typeof args[0] === 'number' ? args[0] : res.statusCode;
    const given = args.find((arg) => typeof arg === 'object' && arg !== null);
    takeHeaders(res, given);
    for (const name of res.getHeaderNames()) {
      if (name === 'server' || name === 'x-powered-by' || name.startsWith('access-control-'))
        res.removeHeader(name);
    }
    const isHashed = route === 'static' && !isDev && (status === 200 || status === 206 || status === 304);
    if (!isHashed) res.setHeader('cache-control', 'no-store');
    return typeof args[1] === 'string' ? writeHead(status, args[1]) : writeHead(status);
  };
  res.writeHead = seal as ServerResponse['writeHead'];
}

/** Headers given to writeHead directly, as an object or Node's flat list, become ordinary ones first. */
function takeHeaders(res: ServerResponse, given: unknown): void {
  if (Array.isArray(given)) {
    for (let at = 0; at + 1 < given.length; at += 2) res.setHeader(String(given[at]), String(given[at + 1]));
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given))
      if (value !== undefined) res.setHeader(name, value as string);
  }
}
