/**
 * The run: hostile requests of every sort against a demo cluster that is alive, a few at a time.
 *
 * Contract: the same seed and count send the same requests. An answer is good when it is a Status (or one of the real
 * server's plain texts) of a code that says whose fault it is; a 5xx is the server's fault but for the few documented.
 */
import type { Demo } from '#demo/client.ts';
import { rawClient } from '#test/fixtures/raw-https.ts';
import { type Luck, seededLuck } from './luck.ts';
import { type HttpAnswer, openSender, type Sender, sendPlain } from './sender.ts';
import type { Maker, RawShot, Shot } from './shot.ts';
import { encodings, mutatedObjects, rawBodies, yamlBodies } from './shots/bodies.ts';
import { definitions } from './shots/definitions.ts';
import { oddities } from './shots/oddities.ts';
import { patches } from './shots/patches.ts';
import { deletes, paths, reads } from './shots/queries.ts';
import { frames, noise, upgrades } from './shots/wire.ts';
import { prepare, readSurroundings } from './surroundings.ts';
import { faultOf, isRefusal } from './verdict.ts';

const MAKERS: readonly [number, Maker][] = [
  [24, mutatedObjects],
  [8, rawBodies],
  [5, yamlBodies],
  [5, encodings],
  [20, patches],
  [14, reads],
  [6, paths],
  [6, deletes],
  [8, oddities],
  [2, definitions],
  [5, frames],
  [1, noise],
  [4, upgrades],
];

const AT_ONCE = 8;
const LOOK_EVERY = 500;
const STREAM_QUIET_MS = 150;

export interface FuzzReport {
  sent: number;
  /** How many answers of each code; `none` for connections that ended without one. */
  codes: Record<string, number>;
  /** What should not have happened: number of the request, its name, and what is wrong. */
  faults: string[];
  /** `resource/namespace/name` of what was refused, and so must not be there. */
  refused: Set<string>;
  peakBytes: number;
  /** Requests without an answer yet: those under way when the process ended. */
  open: Set<string>;
}

interface Run {
  sender: Sender;
  demo: Demo;
  report: FuzzReport;
  raw: ReturnType<typeof rawClient>;
  hasEnded(): boolean;
  tell(line: string): void;
}

function note({ report, tell }: Run, fault: string): void {
  report.faults.push(fault);
  tell(fault.slice(0, 500));
}

/** Sends `count` requests. Namespaces `fuzz-a` and `fuzz-b` are made for it. */
export async function fuzz(
  demo: Demo,
  count: number,
  seed: number,
  tell = (_line: string) => {},
): Promise<FuzzReport> {
  const sender = openSender(demo.kubeconfig, AT_ONCE);
  await prepare(sender);
  const around = await readSurroundings(sender);
  const report: FuzzReport = {
    sent: 0,
    codes: {},
    faults: [],
    refused: new Set(),
    peakBytes: 0,
    open: new Set(),
  };
  let hasEnded = false;
  demo.exited.then(() => {
    hasEnded = true;
  }, undefined);
  const run: Run = { sender, demo, report, raw: rawClient(demo.kubeconfig), hasEnded: () => hasEnded, tell };
  const luck = seededLuck(seed);
  let number = 0;
  let nextLook = LOOK_EVERY;
  const worker = async () => {
    while (number < count && !hasEnded) {
      // Made in one order whoever sends them: the run repeats.
      const shots = choose(luck)(luck, around, number).slice(0, count - number);
      const first = number;
      number += shots.length;
      for (const [index, shot] of shots.entries()) await fire(run, shot, first + index);
      if (number < nextLook) continue;
      nextLook = number + LOOK_EVERY;
      await look(run, number);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (!hasEnded) await look(run, number);
  sender.close();
  return report;
}

function choose(luck: Luck): Maker {
  let at = luck.next() * MAKERS.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, maker] of MAKERS) {
    at -= weight;
    if (at < 0) return maker;
  }
  return mutatedObjects;
}

async function fire(run: Run, shot: Shot | RawShot, number: number): Promise<void> {
  const { report } = run;
  report.sent += 1;
  const open = `${number} ${shot.name}${'path' in shot ? ` ${shot.method} ${shot.path.slice(0, 200)}` : ''}`;
  report.open.add(open);
  try {
    if ('raw' in shot) await fireRaw(run, shot, number);
    else judge(run, shot, await run.sender.send(shot), number);
  } catch (error) {
    note(run, `${number} ${shot.name}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    if (!run.hasEnded()) report.open.delete(open);
  }
}

function judge(run: Run, shot: Shot, answer: HttpAnswer | undefined, number: number): void {
  const { report } = run;
  const code = answer ? String(answer.code) : 'none';
  report.codes[code] = (report.codes[code] ?? 0) + 1;
  const fault = faultOf(shot, answer);
  if (fault) note(run, `${number} ${shot.name} ${shot.method} ${shot.path.slice(0, 200)}: ${fault}`);
  if (!answer) return;
  if (shot.creates && isRefusal(answer.code)) report.refused.add(shot.creates);
  if (shot.removes && !isRefusal(answer.code) && report.refused.has(shot.removes))
    note(run, `${number} ${shot.removes} was refused and there all the same`);
}

async function fireRaw(run: Run, shot: RawShot, number: number): Promise<void> {
  const { demo, raw, report } = run;
  if (shot.isPlain) {
    await sendPlain(demo.server, shot.raw, STREAM_QUIET_MS);
    return;
  }
  const { answers } = await raw.exchange(shot.raw, {
    quietMs: STREAM_QUIET_MS,
    isHalfClosed: shot.isHalfClosed ?? false,
  });
  if (answers.length === 0) report.codes.none = (report.codes.none ?? 0) + 1;
  for (const answer of answers) {
    report.codes[answer.code] = (report.codes[answer.code] ?? 0) + 1;
    const fault = faultOf(shot, { ...answer, body: answer.isWhole ? answer.body : undefined });
    if (fault) note(run, `${number} ${shot.name}: ${fault}`);
  }
}

/** The process must live, be the same and stay within its memory. */
async function look(run: Run, number: number): Promise<void> {
  const { demo, sender, report, tell } = run;
  const { memoryBytes } = await demo.control.stats();
  report.peakBytes = Math.max(report.peakBytes, memoryBytes);
  const ready = await sender.send({ name: 'ready', method: 'GET', path: '/readyz', headers: {} });
  if (ready?.code !== 200) note(run, `${number}: /readyz answers ${ready?.code ?? 'nothing'}`);
  await demo.control.clearRequests();
  tell(`${number} sent, ${Math.round(memoryBytes / 1e6)} MB, ${report.faults.length} faults`);
}
