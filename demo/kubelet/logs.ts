/** What containers have written by now: a pure function of the pod and the time, so nothing has to be kept. */
import type { LogSource } from '../apiserver/rest/logs.ts';

const EVERY_MS = 5_000;
const MOST_LINES = 2_000;

export const containerLog: LogSource = (pod, container, isPrevious, nowMs) => {
  const status = pod.status.containerStatuses?.find((item) => item.name === container);
  const last = isPrevious
    ? status?.lastState.terminated
    : (status?.state.terminated ?? status?.lastState.terminated);
  const running = isPrevious ? undefined : status?.state.running;
  const startMs = Date.parse(running?.startedAt ?? last?.startedAt ?? '');
  const endMs = running ? nowMs : Date.parse(last?.finishedAt ?? '');
  if (Number.isNaN(startMs) || Number.isNaN(endMs)) return [];
  const lines = [{ atMs: startMs, line: `starting ${container}, pod ${pod.metadata.name}` }];
  const count = Math.min(MOST_LINES, Math.floor((endMs - startMs) / EVERY_MS));
  for (let index = count; index > 0; index -= 1) {
    const atMs = endMs - index * EVERY_MS;
    lines.push({
      atMs,
      line: `level=info msg="request served" path=/v1/items status=200 durationMs=${10 + (Math.floor(atMs / 1000) % 40)}`,
    });
  }
  if (last && !running) lines.push({ atMs: endMs, line: last.message ?? `exit ${last.exitCode}` });
  return lines;
};
