import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#lib/k8s/client/clock.ts';
import { createLaunchToken } from './launch-token.ts';
import { endedSessionCookie, sessionCookie, sessionIdsOf } from './session-cookie.ts';
import { openSessionFile } from './session-file.ts';
import { ABSOLUTE_MS, createSessions, IDLE_MS, MAX_SESSIONS, type Session } from './sessions.ts';

const HOUR_MS = 3_600_000;

function handClock() {
  let wallMs = 1_700_000_000_000;
  const timers = new Set<{ atMs: number; run: () => void }>();
  const clock: Clock = {
    nowMs: () => wallMs,
    wallMs: () => wallMs,
    after(delayMs, run) {
      const timer = { atMs: wallMs + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  const pass = (ms: number) => {
    wallMs += ms;
    for (const timer of [...timers]) {
      if (timer.atMs > wallMs) continue;
      timers.delete(timer);
      timer.run();
    }
  };
  return { clock, pass, timers };
}

function sessionsWith(restored: readonly Session[] = [], secret: Uint8Array = new Uint8Array(32).fill(7)) {
  const hand = handClock();
  const kept: (readonly Session[])[] = [];
  let count = 0;
  const randomBytes = (size: number) => {
    count += 1;
    const bytes = new Uint8Array(size);
    new DataView(bytes.buffer).setUint32(0, count);
    return bytes;
  };
  const keep = (sessions: readonly Session[]) => void kept.push(sessions);
  return {
    ...hand,
    kept,
    sessions: createSessions({ secret, restored, clock: hand.clock, randomBytes, keep }),
  };
}

describe('sessions', () => {
  it('are found by their id only', () => {
    const { sessions } = sessionsWith();
    const { id, session } = sessions.open();
    expect(id).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(sessions.find(id)?.key).toBe(session.key);
    expect(sessions.find(session.key)).toBeNull();
    expect(sessions.find(`${id}A`)).toBeNull();
  });

  it('end when idle, and not while they are used', () => {
    const { sessions, pass } = sessionsWith();
    const { id } = sessions.open();
    pass(IDLE_MS - 1);
    expect(sessions.find(id)).not.toBeNull();
    pass(IDLE_MS - 1);
    expect(sessions.find(id)).not.toBeNull();
    pass(IDLE_MS + 1);
    expect(sessions.find(id)).toBeNull();
  });

  it('end after seven days however much they are used', () => {
    const { sessions, pass } = sessionsWith();
    const { id } = sessions.open();
    for (let hours = 0; hours < 7 * 24; hours += 6) {
      expect(sessions.find(id)).not.toBeNull();
      pass(6 * HOUR_MS);
    }
    pass(ABSOLUTE_MS - 7 * 24 * HOUR_MS + 1);
    expect(sessions.find(id)).toBeNull();
  });

  it('are at most a hundred: the oldest goes', () => {
    const { sessions } = sessionsWith();
    const first = sessions.open();
    const others = Array.from({ length: MAX_SESSIONS }, () => sessions.open());
    expect(sessions.size).toBe(MAX_SESSIONS);
    expect(sessions.find(first.id)).toBeNull();
    expect(others.every(({ id }) => sessions.find(id) !== null)).toBe(true);
  });

  it('close their sockets with 4401 when they end, by logout or by time', () => {
    const { sessions, pass } = sessionsWith();
    const codes: string[] = [];
    const one = sessions.open();
    const two = sessions.open();
    sessions.attach(one.session.key, (code) => codes.push(`one ${code}`));
    sessions.attach(two.session.key, (code) => codes.push(`two ${code}`));
    const detach = sessions.attach(two.session.key, () => codes.push('detached'));
    detach?.();
    sessions.end(one.session.key);
    expect(codes).toEqual(['one 4401']);
    pass(IDLE_MS + 1);
    expect(codes).toEqual(['one 4401', 'two 4401']);
    expect(sessions.attach(one.session.key, () => undefined)).toBeNull();
  });

  it('hold a bounded number of sockets', () => {
    const { sessions } = sessionsWith();
    const { session } = sessions.open();
    const tied = Array.from({ length: 100 }, () => sessions.attach(session.key, () => undefined));
    expect(tied.filter((untie) => untie !== null)).toHaveLength(64);
  });

  it('are kept at once on open and end, at most once a minute on use', () => {
    const { sessions, pass, kept } = sessionsWith();
    const { id, session } = sessions.open();
    for (let second = 0; second < 50; second += 1) {
      pass(1000);
      sessions.find(id);
    }
    expect(kept).toHaveLength(1);
    pass(20_000);
    sessions.touch(session.key);
    expect(kept).toHaveLength(2);
    sessions.end(session.key);
    expect(kept.at(-1)).toEqual([]);
  });

  it('stop without leaving a timer', () => {
    const { sessions, timers, pass } = sessionsWith();
    pass(10_000);
    sessions.stop();
    expect(timers.size).toBe(0);
  });
});

describe('the session file', () => {
  let dir = '';
  const fail = (error: Error) => {
    throw error;
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'strata-session-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('lets a session survive a restart, without its id in the file', async () => {
    const path = join(dir, 'deeper', 'sessions.json');
    const before = await openSessionFile(path, fail);
    const old = sessionsWith(before.restored, before.secret);
    const { id } = old.sessions.open();
    before.keep(old.kept.at(-1) ?? []);
    await before.settled();
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain(id);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(dir, 'deeper'))).toEqual(['sessions.json']);
    const after = await openSessionFile(path, fail);
    expect(after.problem).toBeUndefined();
    expect(sessionsWith(after.restored, after.secret).sessions.find(id)).not.toBeNull();
  });

  it('writes the newest state once, however often it was asked', async () => {
    const path = join(dir, 'sessions.json');
    const file = await openSessionFile(path, fail);
    for (let createdMs = 1; createdMs <= 50; createdMs += 1)
      file.keep([{ key: 'a'.repeat(64), createdMs, seenMs: createdMs }]);
    await file.settled();
    expect((await openSessionFile(path, fail)).restored).toEqual([
      { key: 'a'.repeat(64), createdMs: 50, seenMs: 50 },
    ]);
  });

  it.each([
    ['no JSON', 0o600, /not JSON/],
    ['{"version":2}', 0o600, /not a session file/],
    ['{"version":1,"key":"AAAA","sessions":[]}', 0o600, /not a session file/],
    ['{"version":1}', 0o644, /others may read/],
    ['x'.repeat(300_000), 0o600, /too large/],
  ])('is not used when it holds %.20s (%s)', async (text, mode, words) => {
    const path = join(dir, 'sessions.json');
    await writeFile(path, text, { mode });
    const file = await openSessionFile(path, fail);
    expect(file.problem).toMatch(words);
    expect(file.restored).toEqual([]);
  });

  it('says when it cannot be written', async () => {
    await writeFile(join(dir, 'file'), '');
    const errors: Error[] = [];
    const file = await openSessionFile(join(dir, 'file', 'sessions.json'), (error) => errors.push(error));
    file.keep([]);
    await file.settled();
    expect(errors).toHaveLength(1);
  });
});

describe('the launch token', () => {
  it('matches itself only', () => {
    const token = createLaunchToken(new Uint8Array(32).fill(9));
    expect(token.reveal()).toHaveLength(43);
    expect(token.matches(token.reveal())).toBe(true);
    for (const text of ['', `${token.reveal()}A`, token.reveal().slice(1), token.reveal().toLowerCase()])
      expect(token.matches(text)).toBe(false);
    expect(() => createLaunchToken(new Uint8Array(16))).toThrow(RangeError);
  });
});

describe('the session cookie', () => {
  const id = 'A'.repeat(43);

  it('is bound to the port and out of reach of scripts', () => {
    expect(sessionCookie(7070, id, 60)).toBe(
      `strata_session_7070=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60`,
    );
    expect(endedSessionCookie(7070)).toContain('Max-Age=0');
  });

  it('is found among others, malformed values left out', () => {
    const other = 'B'.repeat(43);
    const header = `a=1; strata_session_7070=short;strata_session_7070=${id}; strata_session_70=x; strata_session_7070=${other}`;
    expect(sessionIdsOf(header, 7070)).toEqual([id, other]);
    expect(sessionIdsOf(undefined, 7070)).toEqual([]);
    const many = Array.from({ length: 9 }, () => `strata_session_1=${id}`).join(';');
    expect(sessionIdsOf(many, 1)).toHaveLength(4);
  });
});
