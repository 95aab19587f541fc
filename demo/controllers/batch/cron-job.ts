/** CronJobs: a Job at each time of the schedule, by the rules of concurrency, deadline and history. */
import { ApiError } from '../../apiserver/meta/status.ts';
import { isoTime, systemContext } from '../../apiserver/rest/context.ts';
import { type JsonObject, object, objects } from '../../base/json.ts';
import { controllerReference } from '../../base/owner.ts';
import type { KubeObject } from '../../base/types.ts';
import { type ControllerTools, keyParts, MANAGER, writeStatus } from '../framework/controller.ts';
import { type CronSchedule, hasManyTimes, latestTime, nextTime, parseSchedule } from './cron-schedule.ts';
import { isJobFinished } from './job-pod.ts';

const RESOURCE = 'cronjobs.batch';
const SOURCE = { component: 'cronjob-controller' };
/** The real controller looks a little after the minute, so that it is surely over. */
const LATE_MS = 100;

interface CronJob extends KubeObject {
  spec: {
    schedule: string;
    timeZone?: string;
    suspend?: boolean;
    concurrencyPolicy?: string;
    startingDeadlineSeconds?: number;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
    jobTemplate: { metadata?: JsonObject; spec: JsonObject };
  };
  status?: { active?: JsonObject[]; lastScheduleTime?: string; lastSuccessfulTime?: string };
}

const conditionOf = (job: KubeObject): string =>
  objects(object(job.status).conditions).some(({ type, status }) => type === 'Complete' && status === 'True')
    ? 'Complete'
    : 'Failed';

/** One name a minute: the same time cannot start two jobs. */
const jobName = ({ metadata }: CronJob, dueMs: number) => `${metadata.name}-${Math.floor(dueMs / 60_000)}`;

const isActive = ({ status }: CronJob, jobUid: string) =>
  (status?.active ?? []).some(({ uid }) => uid === jobUid);

export class CronJobController {
  readonly #tools: ControllerTools;

  constructor(tools: ControllerTools) {
    this.#tools = tools;
  }

  reconcile(key: string): number | undefined {
    const [namespace, name] = keyParts(key);
    const { store, clock } = this.#tools.machinery;
    const cron = store.get(RESOURCE, namespace, name) as CronJob | undefined;
    if (!cron || cron.metadata.deletionTimestamp !== undefined) return undefined;
    this.#tellSeen(cron);
    this.#prune(cron);
    const schedule = parseSchedule(cron.spec.schedule, cron.spec.timeZone);
    const isAtWork = schedule !== undefined && cron.spec.suspend !== true;
    const startedMs = isAtWork ? this.#start(cron, schedule, clock.now()) : undefined;
    this.#writeStatus(cron, startedMs);
    const nextMs = isAtWork ? nextTime(schedule, clock.now()) : undefined;
    return nextMs === undefined ? undefined : nextMs - clock.now() + LATE_MS;
  }

  #jobs(cron: CronJob): KubeObject[] {
    return this.#tools.owners.list('jobs.batch', cron.metadata.uid);
  }

  /** Makes the job of the latest time that has passed and had none. Returns that time when the job stands. */
  #start(cron: CronJob, schedule: CronSchedule, nowMs: number): number | undefined {
    const { startingDeadlineSeconds, concurrencyPolicy } = cron.spec;
    const sinceMs = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
    const deadlineMs =
      startingDeadlineSeconds === undefined ? sinceMs : nowMs - startingDeadlineSeconds * 1_000;
    const dueMs = latestTime(schedule, Math.max(sinceMs, deadlineMs), nowMs);
    if (dueMs === undefined) return undefined;
    if (hasManyTimes(schedule, Math.max(sinceMs, deadlineMs), nowMs)) {
      const message =
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#tell(cron, 'TooManyMissedTimes', message, 'Warning');
    }
    const active = this.#jobs(cron).filter((job) => !isJobFinished(job));
    if (concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#tell(cron, 'JobAlreadyActive', message);
      return undefined;
    }
    if (concurrencyPolicy === 'Replace') for (const job of active) this.#delete(cron, job);
    this.#create(cron, dueMs);
    return dueMs;
  }

  #create(cron: CronJob, dueMs: number): void {
    const { machinery, mutations } = this.#tools;
    const { name, namespace = '', uid } = cron.metadata;
    const { metadata, spec } = cron.spec.jobTemplate;
    const annotations = {
      ...object(metadata?.annotations),
      'batch.kubernetes.io/cronjob-scheduled-timestamp': isoTime(dueMs),
    };
    const job = {
      metadata: {
        name: jobName(cron, dueMs),
        labels: object(metadata?.labels),
        annotations,
        ownerReferences: [controllerReference('batch/v1', 'CronJob', name, uid)],
      },
      spec,
    };
    try {
      mutations.writer.create(machinery.kinds.builtIn('jobs.batch'), namespace, job, systemContext(MANAGER));
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return;
      if (error instanceof ApiError)
        this.#tell(cron, 'FailedCreate', `Error creating job: ${error.message}`, 'Warning');
      throw error;
    }
    this.#tell(cron, 'SuccessfulCreate', `Created job ${job.metadata.name}`);
  }

  /** Ends of jobs it started, and jobs it did not start (`kubectl create job --from`): those are never active. */
  #tellSeen(cron: CronJob): void {
    for (const job of this.#jobs(cron)) {
      const { name, uid } = job.metadata;
      const isOwn = isActive(cron, uid);
      if (isOwn && isJobFinished(job))
        this.#tell(cron, 'SawCompletedJob', `Saw completed job: ${name}, condition: ${conditionOf(job)}`);
      if (isOwn || isJobFinished(job)) continue;
      const message = `Saw a job that the controller did not create or forgot: ${name}`;
      this.#tell(cron, 'UnexpectedJob', message, 'Warning');
    }
  }

  #prune(cron: CronJob): void {
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec;
    const finished = this.#jobs(cron)
      .filter(isJobFinished)
      .sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
    const past = (condition: string, kept: number) =>
      finished.filter((job) => conditionOf(job) === condition).slice(kept);
    for (const job of [
      ...past('Complete', successfulJobsHistoryLimit),
      ...past('Failed', failedJobsHistoryLimit),
    ])
      this.#delete(cron, job);
  }

  #delete(cron: CronJob, job: KubeObject): void {
    const { machinery, mutations } = this.#tools;
    const { namespace = '', name, uid } = job.metadata;
    const options = { isDryRun: false, propagationPolicy: 'Background' as const, uid };
    mutations.deleter.delete(machinery.kinds.builtIn('jobs.batch'), namespace, name, options);
    this.#tell(cron, 'SuccessfulDelete', `Deleted job ${name}`);
  }

  #writeStatus(cron: CronJob, startedMs: number | undefined): void {
    const { lastScheduleTime, lastSuccessfulTime } = cron.status ?? {};
    const jobs = this.#jobs(cron);
    const started = startedMs === undefined ? undefined : jobName(cron, startedMs);
    const active = jobs
      .filter((job) => !isJobFinished(job))
      .filter(({ metadata: { name, uid } }) => name === started || isActive(cron, uid))
      .map(({ metadata: { name, namespace, uid, resourceVersion } }) => ({
        apiVersion: 'batch/v1',
        kind: 'Job',
        name,
        namespace,
        uid,
        // The one it had when it was taken up, or every change of the job would change the CronJob.
        resourceVersion:
          cron.status?.active?.find((known) => known.uid === uid)?.resourceVersion ?? resourceVersion,
      }));
    const ends = jobs
      .map((job) => object(job.status).completionTime)
      .filter((end) => typeof end === 'string');
    const succeeded = [lastSuccessfulTime, ...ends]
      .filter((end) => end !== undefined)
      .sort()
      .at(-1);
    const scheduled = startedMs === undefined ? lastScheduleTime : isoTime(startedMs);
    writeStatus(this.#tools, RESOURCE, cron, {
      ...(active.length > 0 ? { active } : {}),
      ...(scheduled === undefined ? {} : { lastScheduleTime: scheduled }),
      ...(succeeded === undefined ? {} : { lastSuccessfulTime: succeeded }),
    });
  }

  #tell(cron: CronJob, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.#tools.recorder.record(cron, SOURCE, { type, reason, message });
  }
}
