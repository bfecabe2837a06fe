import assert from 'node:assert/strict';
import type { Job, JobSpec, JobStatus, Pod } from '../../../src/api/types.ts';
import { shell } from '../../e2e/pods/manifests.ts';
import type { Collection } from './collection.ts';
import type { Context } from './context.ts';
import { JOBS } from './kinds.ts';
import { Pods } from './pods.ts';

/** For a script in a job's pod: which index it works on. */
export const INDEX = '$JOB_COMPLETION_INDEX';

/** What is said of a job besides its pods' script. */
export type JobOptions = Partial<Omit<JobSpec, 'template'>> & {
  readonly restartPolicy?: 'Never' | 'OnFailure';
  readonly pod?: Partial<Pod['spec']>;
  readonly mounts?: { name: string; mountPath: string }[];
};

/** Part of a manifest: a job whose pods run this script. */
export function jobSpec(script: string, { restartPolicy = 'Never', pod, mounts, ...spec }: JobOptions = {}): JobSpec {
  const containers = [shell('main', script, { volumeMounts: mounts })];
  const template = { spec: { terminationGracePeriodSeconds: 1, restartPolicy, containers, ...pod } };
  return { ...spec, template } as JobSpec;
}

/** One Job `job` and its pods. */
export class Batch {
  readonly jobs: Collection<Job>;
  readonly pods: Pods;
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
    this.jobs = context.all(JOBS);
    this.pods = new Pods(context);
  }

  create(script: string, options: JobOptions = {}): Promise<Job> {
    return this.jobs.create({ metadata: { name: 'job' }, spec: jobSpec(script, options) });
  }

  get(): Promise<Job> {
    return this.jobs.get('job');
  }

  async list(): Promise<Pod[]> {
    return (await this.pods.all.list({ labelSelector: 'batch.kubernetes.io/job-name=job' })).items;
  }

  /** Waits until `check` does not throw for the job's status. */
  until(check: (status: JobStatus) => void, timeoutMs = 120_000): Promise<Job> {
    return this.#context.eventually(async () => {
      const job = await this.get();
      try {
        check(job.status ?? {});
      } catch (cause) {
        throw new Error(`${String(cause)}; the job's status: ${JSON.stringify(job.status)}`, { cause });
      }
      return job;
    }, timeoutMs);
  }

  /** Waits for a condition that is True. @returns the job's status then */
  async condition(type: string, reason?: string): Promise<JobStatus> {
    const { status } = await this.until(({ conditions }) => {
      const found = conditions?.find((each) => each.type === type && each.status === 'True');
      assert.ok(found, `not ${type}`);
      if (reason !== undefined) assert.equal(found.reason, reason);
    });
    return status ?? {};
  }

  /** Waits for this many pods that run. */
  running(count: number): Promise<Pod[]> {
    return this.#context.eventually(async () => {
      const pods = (await this.list()).filter(({ status }) => status?.phase === 'Running');
      assert.equal(pods.length, count);
      return pods;
    });
  }

  /** Waits until no pod of the job is left that could still run. */
  async noneActive(): Promise<void> {
    await this.#context.eventually(async () => {
      const phases = (await this.list()).map(({ status }) => status?.phase);
      assert.deepEqual(
        phases.filter((phase) => phase !== 'Succeeded' && phase !== 'Failed'),
        [],
      );
    });
  }
}
