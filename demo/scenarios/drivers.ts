/** What a scenario makes happen after the start: its timeline, its bustle, the churn of `scale`. All by the world's clock. */
import { startBustle } from './bustle.ts';
import { startChurn } from './churn.ts';
import { type DriverTools, merge, press, tell } from './driver-tools.ts';
import { ageMs, type TimelineAct } from './scenario.ts';

/** Returns how to stop. */
export function startDrivers(tools: DriverTools): () => void {
  const { clock } = tools.machinery;
  const { timeline = [], bustle, name } = tools.scenario;
  const cancels = timeline.map(({ at, act }) => clock.schedule(ageMs(at), () => perform(tools, act)));
  if (bustle) cancels.push(startBustle(tools, bustle));
  if (name === 'scale' && tools.size.churnPerSecond > 0)
    cancels.push(startChurn(tools.machinery, tools.size.churnPerSecond));
  return () => {
    for (const cancel of cancels) cancel();
  };
}

function perform({ machinery, mutations, recorder, silent }: DriverTools, act: TimelineAct): void {
  if (act.kind === 'silence-node') silent.add(act.node);
  else if (act.kind === 'revive-node') silent.delete(act.node);
  else if (act.kind === 'press-node') press({ machinery, mutations }, act.node, act.pressure);
  else if (act.kind === 'tell') tell({ machinery, recorder }, act.event);
  else merge({ machinery, mutations }, act);
}
