import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Program, startNode } from '../programs.ts';
import type { Format } from './pages.ts';
import { namespaceName } from './pods.ts';

export const RESTRICTED_TO = Array.from({ length: 10 }, (_, at) => namespaceName(at * 7));

export interface ReplayCounts {
  readonly counts: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly open: number;
}

/** The replay server as a process of its own. */
export interface Replay {
  readonly origin: string;
  readonly pid: number;
  /** Its contexts: `replay` may do everything, `restricted` may read pods in RESTRICTED_TO only. */
  readonly kubeconfig: string;
  counts(): Promise<ReplayCounts>;
  /** Makes all pages of 500, so that what is measured does not wait for it. */
  prepare(format: Format): Promise<void>;
  reset(): Promise<void>;
  churn(perSecond: number): Promise<ReplayCounts>;
  drop(): Promise<void>;
  /** Ends all watches, whose versions are compacted away: 410 until the next LIST. */
  expire(): Promise<void>;
  stop(): Promise<void>;
}

export async function startReplay(pods: number): Promise<Replay> {
  const script = join(import.meta.dirname, 'replay-server.ts');
  const program: Program = await startNode(
    ['--max-old-space-size=8192', script, '--pods', String(pods)],
    /^(\d+)$/,
  );
  const origin = `http://127.0.0.1:${program.match[1]}`;
  const folder = mkdtempSync(join(tmpdir(), 'strata-replay-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(origin), { mode: 0o600 });
  const ask = async (what: string, body: unknown = {}): Promise<ReplayCounts> => {
    const answer = await fetch(`${origin}/replay/${what}`, { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as ReplayCounts;
  };
  return {
    origin,
    pid: program.pid,
    kubeconfig,
    counts: () => ask('counts'),
    prepare: async (format) => void (await ask('prepare', { format })),
    reset: async () => void (await ask('reset')),
    churn: (perSecond) => ask('churn', { perSecond }),
    drop: async () => void (await ask('drop')),
    expire: async () => void (await ask('expire')),
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const kubeconfigOf = (server: string) => `apiVersion: v1
kind: Config
current-context: replay
clusters: [{ name: replay, cluster: { server: '${server}' } }]
users:
  - { name: replay, user: { token: replay } }
  - { name: restricted, user: { token: ${RESTRICTED_TO.join('.')} } }
contexts:
  - { name: replay, context: { cluster: replay, user: replay } }
  - { name: restricted, context: { cluster: replay, user: restricted } }
`;
