/**
 * Which API server this run is against, told by main.ts through the environment:
 *   CONFORMANCE_TARGET       demo | real | other
 *   CONFORMANCE_KUBECONFIG   an administrator's; CONFORMANCE_CONTEXT names a context other than the current one
 *   CONFORMANCE_LIMITED      kubeconfig of a user without rights outside its own namespaces (optional)
 *   CONFORMANCE_JOURNAL      file of the namespaces made; with it nothing is changed outside them (see own-namespaces.ts)
 *   CONFORMANCE_NODES        kwok: nothing plays the kubelet
 *   CONFORMANCE_COMPACT      URL to POST to, to have old revisions forgotten (optional)
 */
import { type Client, openClient } from './client.ts';

export const targetNames = ['demo', 'real', 'other'] as const;

export type TargetName = (typeof targetNames)[number];

export interface Target {
  name: TargetName;
  kubeconfig: string;
  context: string | undefined;
  admin: Client;
  limited: Client | undefined;
  /** Its nodes run containers, or play it well. */
  hasKubelets: boolean;
  /** Forgets every revision before the present one. */
  compact: (() => Promise<void>) | undefined;
}

function readTarget(env: Record<string, string | undefined>): Target {
  const name = targetNames.find((each) => each === env.CONFORMANCE_TARGET) ?? 'other';
  const kubeconfig = env.CONFORMANCE_KUBECONFIG;
  if (!kubeconfig) throw new Error('no target; run: npm run conformance');
  const context = env.CONFORMANCE_CONTEXT || undefined;
  const { CONFORMANCE_LIMITED: limited, CONFORMANCE_COMPACT: compact } = env;
  return {
    name,
    kubeconfig,
    context,
    admin: openClient(kubeconfig, context),
    limited: limited ? openClient(limited) : undefined,
    hasKubelets: env.CONFORMANCE_NODES !== 'kwok',
    compact: compact ? () => post(compact) : undefined,
  };
}

async function post(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST' });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

export const target = readTarget(process.env);
export const { admin } = target;
