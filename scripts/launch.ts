// Started by `npm start` on the right Node: builds if needed, starts the demo cluster when there is no
// other, starts the console and ends both. The console gets a kubeconfig and never learns whose it is.
//
//   launch ── demo/ (a process of its own, only when asked for or nothing else is there)
//          └─ server/main.ts --kubeconfig FILE …   its ready line is the only thing on stdout
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Demo } from '#demo/client.ts';
import { buildIfNeeded } from './build/build-if-needed.ts';
import { chooseCluster, serverArguments } from './cluster-choice.ts';
import { openBrowser } from './open-browser.ts';
import { ROOT, say } from './setup/hand-over.mjs';
import { noteUser } from './setup/users.mjs';
import { parseStartArguments, type StartArguments } from './start-arguments.mjs';

const READY = /^Strata Console is ready: (http\S+)$/;
/** The server drains on its own bound; past this one it hangs. */
const STOP_MS = 20_000;

interface Running {
  readonly server: ChildProcess;
  readonly demo: Demo | undefined;
}

function startServer(args: readonly string[], dev: boolean): ChildProcess {
  return spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'server', 'main.ts'), ...args],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: dev ? 'development' : 'production' },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own: Ctrl-C reaches it once, through us, and not twice.
      detached: process.platform !== 'win32',
    },
  );
}

function passOutput(server: ChildProcess, onReady: (url: string) => void): void {
  if (server.stdout === null) return;
  createInterface({ input: server.stdout }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const url = READY.exec(line)?.[1];
    if (url !== undefined) onReady(url);
  });
}

/** Ends the console, then the demo cluster: the other way round it would report a lost API server. */
async function stopAll(running: Running): Promise<void> {
  const { server, demo } = running;
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    const impatience = setTimeout(() => {
      say(`The console did not end within ${STOP_MS / 1000} s and is killed.`);
      server.kill('SIGKILL');
    }, STOP_MS);
    await ended;
    clearTimeout(impatience);
  }
  await demo?.stop();
}

/** Resolves with the exit code once the console has ended, by a signal to us or of its own. */
function waitForEnd(running: Running): Promise<number> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (code: number) => {
      if (isStopping) return;
      isStopping = true;
      stopAll(running).then(
        () => resolve(code),
        (error: unknown) => {
          say(`Stopping failed: ${String(error)}`);
          resolve(1);
        },
      );
    };
    let interrupts = 0;
    process.on('SIGINT', () => {
      interrupts += 1;
      if (interrupts > 1) running.server.kill('SIGTERM'); // a second Ctrl-C means at once, to the console as well
      stop(0);
    });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0));
    running.server.once('exit', (code, signal) => {
      if (!isStopping && code !== 0)
        say(`The console ended (${signal ?? `code ${code}`}). Its last words are above.`);
      stop(code ?? 1);
    });
    running.server.once('error', (error) => {
      say(`The console could not be started: ${error.message}`);
      stop(1);
    });
    void running.demo?.exited.then((how) => {
      if (!isStopping)
        say(`The demo cluster ended (${how}). The console keeps running and shows it as unreachable.`);
    });
  });
}

async function startDemoIfChosen(scenario: string | undefined): Promise<Demo | undefined> {
  if (scenario === undefined) return undefined;
  say(`Starting the demo cluster (scenario ${scenario}).`);
  const { startDemo } = await import('#demo/client.ts');
  return startDemo({ scenario });
}

/** npm runs its scripts at the root; a path is meant from where the person stands. */
function fromWhereStarted(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(process.env.INIT_CWD ?? process.cwd(), file);
}

async function launch(given: StartArguments): Promise<number> {
  const choice = chooseCluster(given, {
    kubeconfigVariable: process.env.KUBECONFIG,
    hasDefaultFile: existsSync(join(homedir(), '.kube', 'config')),
  });
  if (choice.because !== undefined) say(choice.because);
  if (given.dev) noteUser(ROOT, 'npm run dev', true);
  else await buildIfNeeded(ROOT, () => noteUser(ROOT, 'npm start', false));
  const demo = await startDemoIfChosen(choice.scenario);
  const server = startServer(
    serverArguments(given, demo?.kubeconfig ?? fromWhereStarted(choice.kubeconfig)),
    given.dev,
  );
  passOutput(server, (url) => {
    if (given.open && process.stdout.isTTY && !process.env.CI) openBrowser(url);
  });
  return waitForEnd({ server, demo });
}

const parsed = parseStartArguments(process.argv.slice(2));
if (!parsed.ok) {
  say(parsed.problem);
  process.exit(2);
}
try {
  process.exit(await launch(parsed.value));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
