/** pods/log: the present text of a container's log. Following it comes with the logs of later scenarios. */
import { objects, text } from '../../base/json.ts';
import type { KubeObject, Pod } from '../../base/types.ts';
import { badRequest } from '../meta/status.ts';

/** Writes what a container has logged by now, oldest line first, each with its instant. */
export type LogSource = (
  pod: Pod,
  container: string,
  isPrevious: boolean,
  nowMs: number,
) => { atMs: number; line: string }[];

export function podLog(source: LogSource, object: KubeObject, query: URLSearchParams, nowMs: number): string {
  const pod = object as Pod;
  const names = [...objects(pod.spec.initContainers), ...objects(pod.spec.containers)].map((container) =>
    text(container.name),
  );
  const container =
    query.get('container') || (pod.spec.containers.length === 1 ? text(pod.spec.containers[0]?.name) : '');
  const { name } = pod.metadata;
  if (container === '')
    throw badRequest(
      `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`,
    );
  if (!names.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
  const status = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].find(
    (item) => item.name === container,
  );
  const isPrevious = query.get('previous') === 'true';
  if (isPrevious && !status?.lastState.terminated) {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  const waiting = status?.state.waiting;
  if (!status || (waiting && status.restartCount === 0)) {
    const why =
      waiting?.reason === 'ContainerCreating' || !waiting
        ? 'ContainerCreating'
        : `trying and failing to pull image`;
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`);
  }
  let lines = source(pod, container, isPrevious, nowMs);
  const sinceSeconds = Number(query.get('sinceSeconds') ?? 0);
  const sinceMs = sinceSeconds > 0 ? nowMs - sinceSeconds * 1000 : Date.parse(query.get('sinceTime') ?? '');
  if (sinceMs > 0) lines = lines.filter(({ atMs }) => atMs >= sinceMs);
  const tail = query.get('tailLines');
  if (tail !== null && /^\d+$/.test(tail)) lines = Number(tail) === 0 ? [] : lines.slice(-Number(tail));
  const hasTimes = query.get('timestamps') === 'true';
  return lines
    .map(
      ({ atMs, line }) =>
        `${hasTimes ? `${new Date(atMs).toISOString().replace('Z', '000000Z')} ` : ''}${line}\n`,
    )
    .join('');
}
