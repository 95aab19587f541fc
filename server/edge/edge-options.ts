import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '#lib/k8s/client/clock.ts';
import type { LaunchToken } from '../session/launch-token.ts';
import type { Session, Sessions } from '../session/sessions.ts';
import type { EdgeRoute } from './edge-route.ts';
import type { Grants } from './grants.ts';

export interface EdgeOptions {
  /** Host headers that are ours, with the port. */
  readonly hosts: () => readonly string[];
  readonly port: () => number;
  readonly readiness: () => 'starting' | 'ready' | 'draining';
  readonly isDev: boolean;
  readonly token: LaunchToken;
  readonly sessions: Sessions;
  readonly grants: Grants;
  readonly clock: Clock;
  /** Unguessable text of 128 bits or more, base64. */
  readonly newId: () => string;
  readonly handlers: EdgeHandlers;
  /** One call for every request and upgrade, refused ones included. */
  readonly onAnswered: (record: AnswerRecord) => void;
}

export interface EdgeHandlers {
  /** Pages, static files and API routes. Its request carries only headers the edge chose. */
  readonly next: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** Whether a path of the route `static` is a file. */
  readonly hasStatic: (path: string) => boolean;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly socket: (req: IncomingMessage, socket: Duplex, head: Buffer, session: Session) => void;
  /** Hot reload, in development only. */
  readonly devUpgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

export interface AnswerRecord {
  readonly requestId: string;
  readonly method: string;
  readonly route: EdgeRoute | 'refused';
  /** Raw path without the query, which may hold the launch token. */
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly session?: Session;
  readonly error?: unknown;
}
