/** The cells of a pod (printers/internalversion printPod). */
import { at, isObject, type JsonObject, object, objects, text } from '../../base/json.ts';
import type { KubeObject } from '../../base/types.ts';
import { age, type Cell, count, orNone } from './cells.ts';
import { since } from './durations.ts';

const isSidecar = (container: JsonObject) => container.restartPolicy === 'Always';

export function podCells(pod: KubeObject, nowMs: number): Cell[] {
  const spec = object(pod.spec);
  const status = object(pod.status);
  const containers = objects(spec.containers);
  const summary = summarise(pod);
  const gates = objects(spec.readinessGates);
  const conditions = objects(status.conditions);
  const passed = gates.filter((gate) =>
    conditions.some((condition) => condition.type === gate.conditionType && condition.status === 'True'),
  );
  const ips = objects(status.podIPs);
  return [
    pod.metadata.name,
    `${summary.ready}/${containers.length + objects(spec.initContainers).filter(isSidecar).length}`,
    summary.reason,
    restarts(summary, nowMs),
    age(pod, nowMs),
    orNone(text(ips[0]?.ip) || text(status.podIP)),
    orNone(text(spec.nodeName)),
    orNone(text(status.nominatedNodeName)),
    gates.length > 0 ? `${passed.length}/${gates.length}` : '<none>',
  ];
}

interface Summary {
  ready: number;
  reason: string;
  restarts: number;
  lastRestart: string;
}

function restarts({ restarts: number, lastRestart }: Summary, nowMs: number): string {
  return lastRestart === '' ? String(number) : `${number} (${since(lastRestart, nowMs)} ago)`;
}

const latest = (a: string, b: unknown) => (typeof b === 'string' && b > a ? b : a);

function summarise(pod: KubeObject): Summary {
  const status = object(pod.status);
  const summary: Summary = {
    ready: 0,
    restarts: 0,
    lastRestart: '',
    reason: text(status.reason) || text(status.phase),
  };
  for (const condition of objects(status.conditions)) {
    if (condition.type === 'PodScheduled' && condition.reason === 'SchedulingGated')
      summary.reason = 'SchedulingGated';
  }
  const isInitialising = summariseInit(pod, summary);
  if (!isInitialising || hasCondition(status, 'Initialized')) {
    // What restarted while it initialised is history; sidecars go on being counted.
    Object.assign(summary, restartsOf(pod, true));
    summariseContainers(objects(status.containerStatuses), summary, status);
  } else Object.assign(summary, restartsOf(pod, false));
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') summary.reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') summary.reason = 'Terminating';
  }
  return summary;
}

const hasCondition = (status: JsonObject, type: string) =>
  objects(status.conditions).some((condition) => condition.type === type && condition.status === 'True');

function restartsOf(pod: KubeObject, isSidecarsOnly: boolean): Pick<Summary, 'restarts' | 'lastRestart'> {
  const specs = objects(at(pod, 'spec', 'initContainers'));
  const sum = { restarts: 0, lastRestart: '' };
  for (const container of objects(at(pod, 'status', 'initContainerStatuses'))) {
    const spec = specs.find(({ name }) => name === container.name) ?? {};
    if (isSidecarsOnly && !isSidecar(spec)) continue;
    sum.restarts += count(container.restartCount);
    sum.lastRestart = latest(sum.lastRestart, at(container, 'lastState', 'terminated', 'finishedAt'));
  }
  return sum;
}

/** Up to the first init container that is not done: none after it has restarted. */
function summariseInit(pod: KubeObject, summary: Summary): boolean {
  const specs = objects(at(pod, 'spec', 'initContainers'));
  let isInitialising = false;
  for (const [index, container] of objects(at(pod, 'status', 'initContainerStatuses')).entries()) {
    const state = object(container.state);
    const terminated = isObject(state.terminated) ? state.terminated : undefined;
    if (isInitialising || terminated?.exitCode === 0) continue;
    if (isSidecar(specs[index] ?? {}) && container.started === true) {
      if (container.ready === true) summary.ready += 1;
      continue;
    }
    summary.reason = initReason(state, terminated, index, specs.length);
    isInitialising = true;
  }
  return isInitialising;
}

function initReason(
  state: JsonObject,
  terminated: JsonObject | undefined,
  index: number,
  total: number,
): string {
  if (terminated) return `Init:${endReason(terminated)}`;
  const waiting = text(at(state, 'waiting', 'reason'));
  return waiting && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
}

function summariseContainers(statuses: JsonObject[], summary: Summary, status: JsonObject): void {
  let hasRunning = false;
  let failure = '';
  for (const container of [...statuses].reverse()) {
    summary.restarts += count(container.restartCount);
    summary.lastRestart = latest(summary.lastRestart, at(container, 'lastState', 'terminated', 'finishedAt'));
    const state = object(container.state);
    const waiting = text(at(state, 'waiting', 'reason'));
    const terminated = isObject(state.terminated) ? state.terminated : undefined;
    if (waiting) summary.reason = waiting;
    else if (terminated) {
      summary.reason = endReason(terminated);
      if (terminated.exitCode !== 0) failure = summary.reason;
    } else if (container.ready === true && isObject(state.running)) {
      hasRunning = true;
      summary.ready += 1;
    }
  }
  if (summary.reason !== 'Completed') return;
  if (hasRunning && hasCondition(status, 'Ready')) summary.reason = 'Running';
  else if (failure) summary.reason = failure;
  else if (hasRunning) summary.reason = 'NotReady';
}

function endReason(terminated: JsonObject): string {
  if (text(terminated.reason)) return text(terminated.reason);
  return terminated.signal
    ? `Signal:${String(terminated.signal)}`
    : `ExitCode:${String(terminated.exitCode)}`;
}
