import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ApiException } from '#lib/k8s/client/kubernetes-client.ts';
import { systemClock } from '#lib/k8s/client/system-clock.ts';
import { type Config, configOf, USAGE } from './config.ts';
import { type ConsoleLog, createLog, createLogConsole } from './log.ts';
import { openNextPages } from './next-pages.ts';
import { type RunningConsole, startConsole } from './start-console.ts';

/**
 * `node server/main.ts`: reads the command line, starts the console, prints one line when it is ready, and ends it
 * properly on SIGTERM or SIGINT; at once on the second. Exit codes: 0 stopped, 1 could not start or broke, 2 usage.
 */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(USAGE);
    return;
  }
  const outcome = configOf(argv, {
    env: process.env,
    homeDir: homedir(),
    isTerminal: process.stderr.isTTY,
    platform: process.platform,
  });
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}\n\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  await run(outcome.config, createLog(outcome.config.logLevel));
}

async function run(config: Config, log: ConsoleLog): Promise<void> {
  globalThis.console = createLogConsole(log, config.isDev);
  const life: { console: RunningConsole | null; isStopping: boolean } = { console: null, isStopping: false };
  const end = async (code: number) => {
    // A second signal means it: whatever still waits is let go.
    if (life.isStopping) process.exit(code === 0 ? EXIT_FAILED : code);
    life.isStopping = true;
    await life.console?.stop();
    process.exit(code);
  };
  const endOrDie = (code: number) => {
    end(code).catch((error: unknown) => {
      log.error({ err: error }, 'stopping failed');
      process.exit(EXIT_FAILED);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => endOrDie(0));
  process.on('unhandledRejection', (reason) => {
    life.console?.metrics.fault('rejection');
    log.error({ err: reason }, 'a rejection nobody handled');
  });
  process.on('uncaughtException', (error) => {
    life.console?.metrics.fault('exception');
    log.error({ err: error }, 'an exception nobody caught: the console stops');
    endOrDie(EXIT_FAILED);
  });
  const dir = fileURLToPath(new URL('..', import.meta.url));
  life.console = await startConsole({ config, log, dir, clock: systemClock, openPages: openNextPages });
  process.stdout.write(`Strata Console is ready: ${life.console.url}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Strata Console could not start: ${wordsFor(error)}\n`);
  process.exit(EXIT_FAILED);
}

function wordsFor(error: unknown): string {
  if (error instanceof ApiException) return error.error.message;
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EADDRINUSE' ? 'the ports are taken' : error.message;
}
