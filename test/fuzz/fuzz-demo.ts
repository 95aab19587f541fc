/** A whole run: a demo cluster of its own, the requests, and what they left. */
import { startDemo } from '#demo/client.ts';
import { aftermath } from './aftermath.ts';
import { type FuzzReport, fuzz } from './fuzz.ts';

export interface FuzzOutcome {
  report: FuzzReport;
  /** All that was wrong, what the cluster complained of included; empty when nothing was. */
  faults: string[];
}

/** A heap that is too small for growth without end: what is kept must fit, whatever is sent. */
const HEAP_MB = 400;
const MOST_BYTES = 700e6;

export async function fuzzDemo(
  count: number,
  seed: number,
  tell = (_line: string) => {},
): Promise<FuzzOutcome> {
  const log: string[] = [];
  const env = { ...process.env, NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` };
  const demo = await startDemo({ scenario: 'calm', seed, env, onLog: (line) => void log.push(line) });
  let ended: string | undefined;
  demo.exited.then((how) => {
    ended = how;
  }, undefined);
  try {
    tell(`seed ${seed}, process ${demo.pid}`);
    const report = await fuzz(demo, count, seed, tell);
    const left = ended === undefined ? await aftermath(demo, report.refused) : [];
    const complaints = log
      .filter((line) => line.startsWith('demo: '))
      .map((line, index) => `log ${index}: ${line}`);
    const faults = [
      ...report.faults,
      ...left,
      ...complaints,
      ...(ended === undefined ? [] : [`the process ended with ${ended}, while it answered`, ...report.open]),
      ...(report.peakBytes > MOST_BYTES ? [`it grew to ${Math.round(report.peakBytes / 1e6)} MB`] : []),
    ];
    if (complaints.length > 0 || ended !== undefined) tell(log.slice(0, 60).join('\n'));
    return { report, faults };
  } catch (error) {
    tell(log.slice(-40).join('\n'));
    throw error;
  } finally {
    await demo.stop();
  }
}
