/**
 * Pods that change at a steady rate: a label moves or a kubelet writes a condition, so that lists and watches have work.
 *
 * The new state is put straight into the store: it is what the writer would have made of it, without decoding and
 * comparing whole pods a thousand times a second.
 */
import { isoTime, type Machinery } from '../apiserver/rest/context.ts';
import type { Cancel } from '../base/clock.ts';
import type { KubeObject, Pod } from '../base/types.ts';
import { WAVE } from './scale.ts';

const TICK_MS = 20;
/** What a busy process could not do in time is made up for by at most this much. */
const MOST_OWED_MS = 1_000;

/** Changes `perSecond` pods a second. Returns how to stop. */
export function startChurn(machinery: Machinery, perSecond: number): () => void {
  const { clock } = machinery;
  let keys: [namespace: string, name: string][] = [];
  let owedMs = 0;
  let lastMs = clock.now();
  let cancel: Cancel;
  const tick = () => {
    cancel = clock.schedule(TICK_MS, tick);
    const nowMs = clock.now();
    owedMs = Math.min(MOST_OWED_MS, owedMs + nowMs - lastMs);
    lastMs = nowMs;
    const count = Math.floor((owedMs * perSecond) / 1_000);
    owedMs -= (count * 1_000) / perSecond;
    for (let index = 0; index < count; index += 1) {
      // Pods come and go slowly here; the list of names is drawn up anew when it has been worked through.
      if (keys.length === 0) keys = names(machinery);
      changeOne(machinery, keys, nowMs);
    }
  };
  cancel = clock.schedule(TICK_MS, tick);
  return () => cancel();
}

const names = ({ store }: Machinery): [string, string][] =>
  store.list('pods').map(({ metadata }) => [metadata.namespace ?? '', metadata.name]);

function changeOne({ store, random }: Machinery, keys: [string, string][], nowMs: number): void {
  const index = random.below(keys.length);
  const [namespace, name] = keys[index] ?? ['', ''];
  keys[index] = keys.at(-1) as [string, string];
  keys.pop();
  const pod = store.get('pods', namespace, name) as Pod | undefined;
  if (!pod || pod.metadata.deletionTimestamp !== undefined) return;
  store.update('pods', pod, random.below(2) === 0 ? relabelled(pod, nowMs) : probed(pod, nowMs));
}

const touched = (pod: Pod, manager: string, nowMs: number) =>
  pod.metadata.managedFields?.map((entry) =>
    entry.manager === manager ? { ...entry, time: isoTime(nowMs) } : entry,
  );

function relabelled(pod: Pod, nowMs: number): KubeObject {
  const { metadata } = pod;
  const wave = String(Number(metadata.labels?.[WAVE] ?? 0) + 1);
  const labels = { ...metadata.labels, [WAVE]: wave };
  const managedFields = touched(pod, 'kube-controller-manager', nowMs);
  return {
    ...pod,
    metadata: { ...metadata, labels, ...(managedFields ? { managedFields } : {}) },
  } as unknown as KubeObject;
}

function probed(pod: Pod, nowMs: number): KubeObject {
  const conditions = pod.status.conditions?.map((condition) =>
    condition.type === 'Ready' ? { ...condition, lastProbeTime: isoTime(nowMs) } : condition,
  );
  const managedFields = touched(pod, 'kubelet', nowMs);
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(managedFields ? { managedFields } : {}) },
    status: { ...pod.status, conditions },
  } as unknown as KubeObject;
}
