import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Session } from '../session/sessions.ts';
import { rawRefusal } from './answers.ts';
import type { EdgeOptions } from './edge-options.ts';
import { noSocket, notReady, signIn } from './edge-refusals.ts';
import { contextOf, loggedMethod, loggedPath, sessionOf } from './exchange.ts';
import { judgeUpgrade } from './judge.ts';
import { isRefusal, type Refusal } from './refusal.ts';

const DEV_UPGRADE_PATH = '/_next/hmr';

/** The way of an upgrade: judged, then its session, then the hub (or, in development, hot reload). */
export function serveUpgrade(options: EdgeOptions, req: IncomingMessage, socket: Duplex, head: Buffer): void {
  // Before anything else: a reset while we answer must not end the process.
  socket.on('error', () => socket.destroy());
  const startedMs = options.clock.nowMs();
  const context = contextOf(options, req);
  const record = (status: number, session?: Session) =>
    options.onAnswered({
      requestId: context.requestId,
      method: loggedMethod(req.method),
      route: status === 101 ? 'live' : 'refused',
      path: loggedPath(req.url),
      status,
      durationMs: options.clock.nowMs() - startedMs,
      ...(session === undefined ? {} : { session }),
    });
  const judged = judgeUpgrade(req, options.hosts(), options.isDev ? DEV_UPGRADE_PATH : undefined);
  const outcome = isRefusal(judged) ? judged : accept(options, req, judged.isDev);
  if (isRefusal(outcome)) {
    socket.end(rawRefusal(outcome, context), () => socket.destroy());
    record(outcome.status);
    return;
  }
  outcome.take(req, socket, head);
  record(101, outcome.session);
}

interface Accepted {
  readonly session: Session;
  readonly take: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

function accept(options: EdgeOptions, req: IncomingMessage, isDev: boolean): Accepted | Refusal {
  if (options.readiness() !== 'ready') return notReady;
  const session = sessionOf(options, req);
  if (session === null) return signIn;
  const { devUpgrade, socket: live } = options.handlers;
  if (!isDev) return { session, take: (...upgrade) => live(...upgrade, session) };
  return devUpgrade === undefined ? noSocket : { session, take: devUpgrade };
}
