/** Two kinds of allowance kept up to date: PodDisruptionBudget status and ResourceQuota usage. */
import { quotaUsed } from '../apiserver/admission/quota-usage.ts';
import { at, object } from '../base/json.ts';
import type { KubeObject, LabelSelector, Pod } from '../base/types.ts';
import { matchesLabels, selectorRequirements } from '../storage/selectors.ts';
import { type ControllerTools, keyParts, writeStatus } from './framework/controller.ts';
import { isActive, isPodReady } from './pod-facts.ts';
import { resolvePercent } from './rounding.ts';

const SOURCE = { component: 'controllermanager' };
const NO_PODS = { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' } as const;

export class DisruptionController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const { store } = this.#tools.machinery;
    const budget = store.get('poddisruptionbudgets.policy', namespace, name);
    if (!budget) return;
    const selector = selectorRequirements(at(budget, 'spec', 'selector') as LabelSelector | undefined) ?? [];
    const pods = (store.list('pods', namespace) as Pod[]).filter(
      (pod) => matchesLabels(selector, pod.metadata.labels) && isActive(pod),
    );
    if (pods.length === 0) this.#tools.recorder.record(budget, SOURCE, NO_PODS);
    const expected = this.#expected(pods);
    const spec = object(budget.spec);
    const most = spec.maxUnavailable as number | string | undefined;
    const desired =
      most === undefined
        ? resolvePercent(spec.minAvailable as number | string | undefined, expected, true)
        : expected - resolvePercent(most, expected, true);
    const healthy = pods.filter(isPodReady).length;
    const allowed = Math.max(0, healthy - desired);
    const isAllowed = allowed > 0;
    const before = (
      object(budget.status).conditions as { lastTransitionTime?: string; status?: string }[] | undefined
    )?.[0];
    const since =
      before?.status === (isAllowed ? 'True' : 'False')
        ? before.lastTransitionTime
        : `${new Date(this.#tools.machinery.clock.now()).toISOString().slice(0, 19)}Z`;
    writeStatus(this.#tools, 'poddisruptionbudgets.policy', budget, {
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: isAllowed ? 'True' : 'False',
          reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
          message: '',
          observedGeneration: budget.metadata.generation,
          lastTransitionTime: since,
        },
      ],
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: expected,
      observedGeneration: budget.metadata.generation,
    });
  }

  /** What the pods' controllers ask for, not what happens to run. */
  #expected(pods: Pod[]): number {
    const controllers = new Map<string, number>();
    for (const pod of pods) {
      const own = ownerOf(this.#tools, pod);
      // A deployment's pods count by the deployment, not by its ReplicaSets.
      const set = own?.kind === 'ReplicaSet' ? (ownerOf(this.#tools, own) ?? own) : own;
      if (!set) controllers.set(pod.metadata.uid, 1);
      else controllers.set(set.metadata.uid, Number(at(set, 'spec', 'replicas') ?? 1));
    }
    return [...controllers.values()].reduce((sum, count) => sum + count, 0);
  }
}

function ownerOf({ machinery }: ControllerTools, object: KubeObject): KubeObject | undefined {
  const owner = object.metadata.ownerReferences?.find((reference) => reference.controller);
  const type = owner && machinery.kinds.byKind(owner.apiVersion, owner.kind);
  return type && machinery.store.get(type.key, object.metadata.namespace ?? '', owner.name);
}

export class QuotaController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): undefined {
    const [namespace, name] = keyParts(key);
    const { machinery } = this.#tools;
    const quota = machinery.store.get('resourcequotas', namespace, name);
    if (!quota) return;
    const hard = object(at(quota, 'spec', 'hard'));
    writeStatus(this.#tools, 'resourcequotas', quota, { hard, used: quotaUsed(machinery, quota) });
  }
}
