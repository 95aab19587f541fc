/** The part of a pino logger that lib/k8s uses. Fields never hold credentials, bodies or Secret values. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export const silentLog: Log = { info: () => {}, warn: () => {} };
