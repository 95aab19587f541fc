/** The control port's server: loopback only, one token, never under /api. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isObject, type JsonObject } from '../base/json.ts';
import { COMMANDS, type ControlTarget } from './commands.ts';
import { CommandRefused } from './read-fault.ts';

const MAX_BYTES = 1024 * 1024;

export class ControlServer {
  readonly #server: Server;
  readonly #token: Buffer;
  readonly #target: ControlTarget;

  constructor(target: ControlTarget, token: string) {
    this.#target = target;
    this.#token = Buffer.from(`Bearer ${token}`);
    this.#server = createServer((request, response) => {
      this.#serve(request).then(
        ({ code, body }) => send(response, code, body),
        (error: unknown) => {
          const isRefused =
            error instanceof CommandRefused || error instanceof SyntaxError || error instanceof RangeError;
          send(response, isRefused ? 400 : 500, {
            ok: false,
            error: error instanceof Error ? error.message : String(error),
          });
        },
      );
    });
  }

  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage): Promise<{ code: number; body: JsonObject }> {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length !== this.#token.length || !timingSafeEqual(given, this.#token)) {
      return { code: 401, body: { ok: false, error: 'the control port needs its token' } };
    }
    const name = (request.url ?? '/').slice(1);
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (!command || request.method !== 'POST')
      return { code: 404, body: { ok: false, error: `no command ${name}` } };
    const body = await read(request);
    return { code: 200, body: { ok: true, ...(await command(this.#target, body)) } };
  }
}

async function read(request: IncomingMessage): Promise<JsonObject> {
  let written = '';
  for await (const chunk of request) {
    written += String(chunk);
    if (written.length > MAX_BYTES) throw new CommandRefused('the body is too long');
  }
  const body: unknown = written === '' ? {} : JSON.parse(written);
  if (!isObject(body)) throw new CommandRefused('the body must be a JSON object');
  return body;
}

function send(response: ServerResponse, code: number, body: JsonObject): void {
  const written = JSON.stringify(body);
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(written),
  });
  response.end(written);
}
