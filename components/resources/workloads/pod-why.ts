import type { PartialObject } from '#lib/resources/definition.ts';
import { conditionOf, instantAt, listAt, numberAt, textAt } from '#lib/resources/read.ts';

/** What holds a pod up, in the words of whoever says so: at most two sentences; '' when nothing does. */
export function podWhy(object: PartialObject): string {
  const { fields } = object;
  const sentences: string[] = [];
  const scheduled = conditionOf(fields, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.message !== '')
    sentences.push(`Scheduler: ${scheduled.message}`);
  const containers = [
    ...listAt(fields, 'status', 'initContainerStatuses'),
    ...listAt(fields, 'status', 'containerStatuses'),
  ];
  for (const container of containers) {
    const isBackingOff = textAt(container, 'state', 'waiting', 'reason') === 'CrashLoopBackOff';
    const message =
      textAt(container, 'state', 'waiting', 'message') || textAt(container, 'state', 'terminated', 'message');
    const name = textAt(container, 'name');
    // The kubelet's words for a back-off are a uid and a pause; what ended and how often says more.
    if (message !== '' && !isBackingOff) sentences.push(`Container ${name}: ${message}`);
    const exit = numberAt(container, 'lastState', 'terminated', 'exitCode');
    const restarts = numberAt(container, 'restartCount') ?? 0;
    if (exit !== null && restarts > 0 && instantAt(container, 'state', 'running', 'startedAt') === 0) {
      sentences.push(
        `Container ${name} ended with exit ${exit} and was started again ${restarts === 1 ? 'once' : `${restarts} times`}${isBackingOff ? '; the next start is held back' : ''}`,
      );
    }
  }
  const own = textAt(fields, 'status', 'message');
  if (own !== '') sentences.push(own);
  return sentences
    .slice(0, 2)
    .map((sentence) => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`))
    .join(' ');
}
