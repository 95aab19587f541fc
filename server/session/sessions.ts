import { createHmac } from 'node:crypto';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { CLOSE_SESSION_ENDED } from '#lib/protocol/frames.ts';

/**
 * Who may use the console. A session is an opaque 256-bit id in a browser's cookie; here only its keyed hash is kept,
 * so neither the state file nor a log line can open one. It ends by logout, after 12 h without a sign of life, after
 * 7 days in any case, or when a hundred newer ones exist; with it end the sockets that belong to it.
 */
export interface Session {
  /** Keyed hash of the id, hex. A prefix of it names the session in logs. */
  readonly key: string;
  /** Wall clock, ms since 1970. */
  readonly createdMs: number;
  readonly seenMs: number;
}

export interface Sessions {
  /** A new session; the id goes into the cookie and nowhere else. */
  open(): { readonly id: string; readonly session: Session };
  /** The session of an id, noted as seen now; null when there is none (any more). */
  find(id: string): Session | null;
  /** A sign of life on a socket. */
  touch(key: string): void;
  end(key: string): void;
  /** Ties a socket to its session. Returns the untying function, or null when the session is gone or holds too many. */
  attach(key: string, close: (code: number) => void): (() => void) | null;
  readonly size: number;
  /** No more sweeps; sockets are left to whoever stops. */
  stop(): void;
}

export interface SessionsOptions {
  /** 32 bytes, kept in the state file. */
  readonly secret: Uint8Array;
  readonly restored: readonly Session[];
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Called with all sessions when they should be kept: at once on open and end, at most once a minute on signs of life. */
  readonly keep: (sessions: readonly Session[]) => void;
}

export const IDLE_MS = 12 * 3_600_000;
export const ABSOLUTE_MS = 7 * 24 * 3_600_000;
export const MAX_SESSIONS = 100;
export const MAX_SOCKETS_PER_SESSION = 64;
const SWEEP_MS = 2_000;
const KEEP_SEEN_MS = 60_000;

interface Entry {
  session: Session;
  readonly sockets: Set<(code: number) => void>;
}

/** Ended sessions leave at the next sweep (2 s) or when they are asked for, whichever is first. */
export function createSessions(options: SessionsOptions): Sessions {
  const { clock } = options;
  const register = createRegister(options);
  const { entries } = register;
  const cancelSweep = sweepAlways(clock, () => {
    for (const { session } of [...entries.values()])
      if (isOver(session, clock.wallMs())) register.end(session.key);
  });
  const keyOf = (id: string) => createHmac('sha256', options.secret).update(id).digest('hex');
  return {
    open() {
      const id = Buffer.from(options.randomBytes(32)).toString('base64url');
      const nowMs = clock.wallMs();
      const session = { key: keyOf(id), createdMs: nowMs, seenMs: nowMs };
      const overMost = Math.max(0, entries.size - MAX_SESSIONS + 1);
      for (const oldest of [...entries.keys()].slice(0, overMost)) register.end(oldest);
      entries.set(session.key, { session, sockets: new Set() });
      register.keep();
      return { id, session };
    },
    find: (id) => register.see(keyOf(id)),
    touch: (key) => void register.see(key),
    end: register.end,
    attach: (key, close) => attachTo(entries.get(key), close),
    get size() {
      return entries.size;
    },
    stop: cancelSweep,
  };
}

const isOver = (session: Session, nowMs: number): boolean =>
  nowMs - session.seenMs > IDLE_MS || nowMs - session.createdMs > ABSOLUTE_MS;

/** The sessions that are good, by key, oldest first. */
function createRegister({ clock, restored, keep: keepAll }: SessionsOptions) {
  const entries = new Map<string, Entry>();
  let keptMs = clock.wallMs();
  for (const session of restored.slice(-MAX_SESSIONS)) {
    if (!isOver(session, clock.wallMs())) entries.set(session.key, { session, sockets: new Set() });
  }
  const keep = () => {
    keptMs = clock.wallMs();
    keepAll([...entries.values()].map((entry) => entry.session));
  };
  const end = (key: string) => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    for (const close of entry.sockets) close(CLOSE_SESSION_ENDED);
    keep();
  };
  const see = (key: string): Session | null => {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    const nowMs = clock.wallMs();
    if (isOver(entry.session, nowMs)) {
      end(key);
      return null;
    }
    entry.session = { ...entry.session, seenMs: nowMs };
    if (nowMs - keptMs > KEEP_SEEN_MS) keep();
    return entry.session;
  };
  return { entries, keep, end, see };
}

function attachTo(entry: Entry | undefined, close: (code: number) => void): (() => void) | null {
  if (entry === undefined || entry.sockets.size >= MAX_SOCKETS_PER_SESSION) return null;
  entry.sockets.add(close);
  return () => void entry.sockets.delete(close);
}

function sweepAlways(clock: Clock, sweep: () => void): () => void {
  let cancel = () => {};
  const again = () => {
    cancel = clock.after(SWEEP_MS, () => {
      sweep();
      again();
    });
  };
  again();
  return () => cancel();
}
