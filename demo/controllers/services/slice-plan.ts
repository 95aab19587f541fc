/**
 * How endpoints are spread over slices (k8s.io/endpointslice): slices of one set of ports each, at most a hundred
 * endpoints; what is there stays where it is, what comes fills free places, what is empty goes. Pure.
 */
import { equal, type JsonObject } from '../../base/json.ts';

const MOST = 100;

export interface SliceContent {
  ports: JsonObject[];
  endpoints: JsonObject[];
}

export interface Slice extends SliceContent {
  name: string;
}

export interface SlicePlan {
  create: SliceContent[];
  update: Slice[];
  delete: string[];
}

const uidOf = (endpoint: JsonObject): string => String((endpoint.targetRef as JsonObject | undefined)?.uid);

/** The groups wanted, one a set of ports, against the slices there are. */
export function planSlices(wanted: readonly SliceContent[], existing: readonly Slice[]): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], delete: [] };
  const left = new Set(existing);
  for (const group of wanted) {
    const slices = existing.filter((slice) => left.has(slice) && equal(slice.ports, group.ports));
    for (const slice of slices) left.delete(slice);
    planGroup(plan, group, slices);
  }
  plan.delete.push(...[...left].map(({ name }) => name));
  if (plan.create.length === 0 && existing.length === plan.delete.length) keepOne(plan, existing);
  return plan;
}

/** A service without endpoints keeps one slice, without anything in it. */
function keepOne(plan: SlicePlan, existing: readonly Slice[]): void {
  const [first] = existing;
  if (!first) {
    plan.create.push({ ports: [], endpoints: [] });
    return;
  }
  plan.delete.splice(plan.delete.indexOf(first.name), 1);
  if (first.endpoints.length > 0 || first.ports.length > 0)
    plan.update.push({ name: first.name, ports: [], endpoints: [] });
}

function planGroup(plan: SlicePlan, { ports, endpoints }: SliceContent, slices: Slice[]): void {
  const pending = new Map(endpoints.map((endpoint) => [uidOf(endpoint), endpoint]));
  const next = slices.map((slice) => ({
    slice,
    endpoints: slice.endpoints.flatMap((endpoint) => {
      const now = pending.get(uidOf(endpoint));
      pending.delete(uidOf(endpoint));
      return now ? [now] : [];
    }),
  }));
  const fresh = [...pending.values()];
  for (const { slice, endpoints: kept } of next) {
    kept.push(...fresh.splice(0, MOST - kept.length));
    if (kept.length === 0) plan.delete.push(slice.name);
    else if (!equal(kept, slice.endpoints)) plan.update.push({ name: slice.name, ports, endpoints: kept });
  }
  while (fresh.length > 0) plan.create.push({ ports, endpoints: fresh.splice(0, MOST) });
}
