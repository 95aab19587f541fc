/** What the drivers of a scenario work with, and the one write they share. */
import { applyMergePatch } from '../apiserver/patch/merge-patch.ts';
import { isoTime, type Machinery, systemContext } from '../apiserver/rest/context.ts';
import type { Mutations } from '../apiserver/rest/mutations.ts';
import type { JsonObject } from '../base/json.ts';
import type { NodeObject } from '../base/types.ts';
import { writeStatus } from '../controllers/framework/controller.ts';
import type { EventRecorder } from '../controllers/framework/recorder.ts';
import { type Pressure, withPressure } from '../kubelet/pressure.ts';
import type { ScaleSize } from './scale.ts';
import type { Scenario, TimelineAct } from './scenario.ts';

export interface DriverTools {
  machinery: Machinery;
  mutations: Mutations;
  recorder: EventRecorder;
  scenario: Scenario;
  size: ScaleSize;
  /** Nodes whose kubelets are silent. */
  silent: Set<string>;
}

type Target = Pick<Extract<TimelineAct, { kind: 'patch' }>, 'resource' | 'namespace' | 'name'>;

/** Merges a patch into an object. An object that somebody has removed meanwhile is left alone. */
export function merge(
  { machinery, mutations }: Pick<DriverTools, 'machinery' | 'mutations'>,
  { resource, namespace, name, manager, patch }: Target & { manager: string; patch: JsonObject },
): void {
  if (!machinery.store.get(resource, namespace, name)) return;
  const type = machinery.kinds.builtIn(resource);
  const next = (current: object) => applyMergePatch(current, patch) as JsonObject;
  mutations.writer.update(type, namespace, name, next, systemContext(manager), { isTrusted: true });
}

/** Puts a node under pressure, as its kubelet would say. A node that is gone is left alone. */
export function press(
  tools: Pick<DriverTools, 'machinery' | 'mutations'>,
  name: string,
  pressure: Pressure,
): void {
  const { store, clock } = tools.machinery;
  const node = store.get('nodes', '', name) as NodeObject | undefined;
  if (!node) return;
  const conditions = withPressure(node.status.conditions, pressure, true, isoTime(clock.now()));
  writeStatus(tools, 'nodes', node, { ...node.status, conditions }, 'kubelet');
}

/** Records an event about an object that is there. */
export function tell(
  { machinery, recorder }: Pick<DriverTools, 'machinery' | 'recorder'>,
  { kind, namespace, name, source, host, ...words }: Extract<TimelineAct, { kind: 'tell' }>['event'],
): void {
  const type = machinery.kinds.all().find((item) => item.kind === kind);
  const about = type && machinery.store.get(type.key, namespace, name);
  if (about) recorder.record(about, { component: source, ...(host ? { host } : {}) }, words);
}
