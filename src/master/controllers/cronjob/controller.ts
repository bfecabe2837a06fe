import { isDeepStrictEqual } from 'node:util';
import { CRON_JOB } from '../../../api/kinds/cron-job.ts';
import { JOB } from '../../../api/kinds/job.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import type { ObjectKey } from '../../../api/registry.ts';
import type { CronJob, CronJobStatus, KubeObject } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';
import { isNamespaceTerminating } from '../workload/namespace-terminating.ts';
import { controllerKeys, isControlledBy } from '../workload/owner.ts';
import { messageOf } from '../workload/pod-writer.ts';
import type { CronJobEvent } from './children.ts';
import { type Plan, plan, withStarted } from './plan.ts';

const COMPONENT = 'cronjob-controller';
/** A clock that is set forward (a Pi learns the time after it has started) must not be noticed too late. */
const MAX_WAIT_MS = 60_000;

/** Makes Jobs when they are due. */
export function cronJobController(parts: ControllerParts): Reconciler {
  return new CronJobReconciler(parts);
}

class CronJobReconciler implements Reconciler {
  readonly name = 'cronjob-controller';
  readonly watches: Reconciler['watches'] = [
    { kind: CRON_JOB },
    { kind: JOB, keysOf: (job, previous) => ownersOf(job, previous) },
  ];
  readonly #parts: ControllerParts;
  /** What was told of each CronJob in its last pass: what is still so a minute later is not told again. */
  readonly #told = new Map<string, ReadonlySet<string>>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
  }

  async reconcile(key: ObjectKey): Promise<number | undefined> {
    const { cache, clock } = this.#parts;
    const cronJob = cache.get(CRON_JOB, key);
    if (!cronJob) {
      this.#told.delete(`${key.namespace}/${key.name}`);
      return undefined;
    }
    const jobs = cache.list(JOB, key.namespace).filter((job) => isControlledBy(job, cronJob));
    const planned = plan(cronJob, jobs, clock.now());
    this.#tellOnce(cronJob, planned.events);
    for (const { name, uid } of planned.deletions) await this.#delete(cronJob, name, uid);
    const outcome = await this.#start(cronJob, planned);
    if (!isDeepStrictEqual(outcome.status, cronJob.status)) {
      const update = this.#parts.client.update(
        CRON_JOB,
        { ...cronJob, status: outcome.status },
        { subresource: 'status' },
      );
      // What changed the CronJob meanwhile wakes us again.
      await ignoring(['NotFound', 'Conflict'], update);
    }
    if (outcome.error) throw outcome.error;
    return planned.againMs === undefined ? undefined : Math.min(planned.againMs, MAX_WAIT_MS);
  }

  /** @returns the status to write; with an error when the Job could not be made */
  async #start(
    cronJob: CronJob,
    { start, status }: Plan,
  ): Promise<{ readonly status: CronJobStatus; readonly error?: unknown }> {
    if (!start) return { status };
    try {
      const job = await this.#parts.client.create(JOB, start.job);
      this.#tell(cronJob, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${job.metadata.name}` });
      return { status: withStarted(status, job, start.dueAt) };
    } catch (error) {
      if (isNamespaceTerminating(error)) return { status };
      if (error instanceof ApiError && error.reason === 'AlreadyExists') {
        const job = await this.#parts.client.get(JOB, {
          namespace: cronJob.metadata.namespace ?? '',
          name: start.job.metadata.name,
        });
        // Ours, made before the last status was written; or a stranger's, who is left alone.
        return { status: isControlledBy(job, cronJob) ? withStarted(status, job, start.dueAt) : status };
      }
      this.#tell(cronJob, {
        type: 'Warning',
        reason: 'FailedCreate',
        message: `Error creating job: ${messageOf(error)}`,
      });
      return { status, error };
    }
  }

  async #delete(cronJob: CronJob, name: string, uid: string): Promise<void> {
    const { client } = this.#parts;
    const key = { namespace: cronJob.metadata.namespace ?? '', name };
    try {
      await client.delete(JOB, key, { propagationPolicy: 'Background', preconditions: { uid } });
      this.#tell(cronJob, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${name}` });
    } catch (error) {
      // Gone already, or a namesake by now: as wanted.
      if (error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return;
      this.#tell(cronJob, { type: 'Warning', reason: 'FailedDelete', message: `Deleted job: ${messageOf(error)}` });
      throw error;
    }
  }

  #tellOnce(cronJob: CronJob, events: readonly CronJobEvent[]): void {
    const key = `${cronJob.metadata.namespace}/${cronJob.metadata.name}`;
    const before = this.#told.get(key);
    for (const event of events) if (!before?.has(event.message)) this.#tell(cronJob, event);
    this.#told.set(key, new Set(events.map(({ message }) => message)));
  }

  #tell(cronJob: CronJob, event: CronJobEvent): void {
    this.#parts.events.record(cronJob, { ...event, component: COMPONENT });
  }
}

function ownersOf(job: KubeObject, previous: KubeObject | undefined): ObjectKey[] {
  return [...controllerKeys(job, 'CronJob'), ...controllerKeys(previous, 'CronJob')];
}
