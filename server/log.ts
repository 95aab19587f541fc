import { Console } from 'node:console';
import { Writable } from 'node:stream';
import pino, { type Logger } from 'pino';
import type { WriteRecord } from './api/console-api.ts';
import type { LogLevel } from './config.ts';
import type { AnswerRecord } from './edge/edge-options.ts';

export type ConsoleLog = Logger;

/** JSON lines on stderr; stdout has the ready line and nothing else. */
export function createLog(level: LogLevel): ConsoleLog {
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/**
 * What libraries write to the console, as log lines: stdout is for the ready line alone. Only in development, where a
 * person reads along, it stays plain text.
 */
export function createLogConsole(log: ConsoleLog, isDev: boolean): Console {
  if (isDev) return new Console({ stdout: process.stderr, stderr: process.stderr });
  const sink = (write: (line: string) => void) =>
    new Writable({
      decodeStrings: false,
      write(text, _encoding, done) {
        write(String(text).trimEnd());
        done();
      },
    });
  return new Console({
    stdout: sink((line) => log.info({ from: 'console' }, line)),
    stderr: sink((line) => log.warn({ from: 'console' }, line)),
    colorMode: false,
  });
}

/** Enough of a session to tell two apart, too little to find it in the state file by. */
const sessionName = (key: string): string => key.slice(0, 8);

/** One line a request: what was asked and how it ended. Never its query, its headers or its body. */
export function logAnswer(log: ConsoleLog, record: AnswerRecord): void {
  const { requestId, method, route, path, status, durationMs, session, error } = record;
  const line = {
    requestId,
    method,
    route,
    path,
    status,
    ms: Math.round(durationMs),
    ...(session === undefined ? {} : { session: sessionName(session.key) }),
  };
  if (error !== undefined) log.error({ ...line, err: error }, 'request failed');
  else if (route === 'refused') log.info(line, 'request refused');
  else log.info(line, 'request');
}

/** One line a write, with the tuple it was parsed to. Bodies and values stay out. */
export function logWrite(log: ConsoleLog, record: WriteRecord): void {
  const { request, requestId, sessionKey, result, auditId, durationMs } = record;
  const error = result.outcome === 'done' ? undefined : result.error;
  log.info(
    {
      requestId,
      session: sessionName(sessionKey),
      ...request,
      outcome: result.outcome,
      ...(result.outcome === 'done' ? { uid: result.uid, resourceVersion: result.resourceVersion } : {}),
      ...(result.outcome === 'unknown' ? { checked: result.checked.state } : {}),
      ...(error === undefined ? {} : { reason: error.reason, code: error.code }),
      ...(auditId === undefined ? {} : { auditId }),
      ms: Math.round(durationMs),
    },
    'write',
  );
}
