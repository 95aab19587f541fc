/** Which container of a pod is meant, as every connecting subresource (log, exec, attach) finds it. */
import { array, objects, text } from '../../base/json.ts';
import type { Pod } from '../../base/types.ts';
import { badRequest } from '../meta/status.ts';

/** Throws ApiError 400 when none or an unknown one is named. */
export function chooseContainer(pod: Pod, wanted: string): string {
  const { spec } = pod;
  const lists = [spec.initContainers, spec.containers, array(spec.ephemeralContainers)];
  const names = lists.flatMap((list) => objects(list).map((container) => text(container.name)));
  if (wanted !== '') {
    if (names.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
  }
  if (spec.containers.length === 1) return text(spec.containers[0]?.name);
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
  );
}

/** Query booleans: absent, `false` and `0` are no, anything else is yes, as metav1 converts them. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && value !== 'false' && value !== '0';
}
