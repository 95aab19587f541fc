import { CONSOLE_SYMBOL, type ConsoleApi } from '#lib/protocol/console-api.ts';

/** The console server of this process. Throws where there is none: these routes make no sense without it. */
export function consoleApi(): ConsoleApi {
  const found = (globalThis as Record<symbol, unknown>)[Symbol.for(CONSOLE_SYMBOL)];
  if (found === undefined) throw new Error('The console server does not run: start it with npm start');
  return found as ConsoleApi;
}
