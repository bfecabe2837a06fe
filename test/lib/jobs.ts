import assert from 'node:assert/strict';
import { setJobDefaults } from '../../src/api/kinds/job/defaults.ts';
import { validateJobStatusUpdate } from '../../src/api/kinds/job/status-validation.ts';
import type { Job, JobSpec, Pod } from '../../src/api/types.ts';
import { type Millis, toRfc3339 } from '../../src/lib/clock.ts';
import { type Failure, failuresInARow } from '../../src/master/controllers/job/backoff.ts';
import { type Action, plan } from '../../src/master/controllers/job/plan.ts';
import { TRACKING_FINALIZER } from '../../src/master/controllers/job/pod-facts.ts';
import { podOfJob } from '../../src/master/controllers/job/pod-of-job.ts';
import { untracked } from '../../src/master/controllers/job/tracking-finalizer.ts';

/** A Job called `work`, of one container `main`, with the API's defaults. */
export function aJob(spec: Partial<JobSpec> = {}): Job {
  const job: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'default', uid: 'uid-of-work' },
    spec: {
      selector: { matchLabels: { job: 'work' } },
      template: {
        metadata: { labels: { job: 'work' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox' }] },
      },
      ...spec,
    },
    status: {},
  };
  setJobDefaults(job);
  return job;
}

/** A Job and its pods, which live and die as the test says; whatever the plan wants is done to them at once. */
export class JobWorld {
  job: Job;
  pods: Pod[] = [];
  now: Millis = Date.parse('2030-01-01T00:00:00Z');
  /** Every action there was, in short. */
  readonly log: string[] = [];
  #failures: readonly Failure[] = [];
  #made = 0;

  constructor(spec: Partial<JobSpec> = {}) {
    this.job = aJob(spec);
  }

  /** What the next step is. */
  plan() {
    this.#failures = failuresInARow(this.#failures, this.job, this.pods);
    return plan(this.job, { pods: this.pods, failures: this.#failures }, this.now);
  }

  /** Takes steps until there are none. @returns when the Job is to be looked at again, in ms */
  settle(): number | undefined {
    for (let step = 0; step < 100; step++) {
      if (this.end) return undefined;
      const { actions, againMs } = this.plan();
      if (actions.length === 0) return againMs;
      for (const action of actions) this.apply(action);
    }
    throw new Error(`the Job does not come to rest: ${this.log.slice(-20)}`);
  }

  /** Takes one step, of which only so many parts are done when the master dies; what it kept in mind is gone. */
  dieWithin(parts: number): void {
    const actions = this.plan().actions.flatMap((action): Action[] => {
      if (action.do === 'letGo') return action.pods.map((pod) => ({ do: 'letGo', pods: [pod] }));
      if (action.do === 'createPods') return action.pods.map((pod) => ({ do: 'createPods', pods: [pod] }));
      return [action];
    });
    for (const action of actions.slice(0, parts)) this.apply(action);
    this.#failures = [];
  }

  get end(): 'Complete' | 'Failed' | undefined {
    const types = (this.job.status?.conditions ?? []).filter(({ status }) => status === 'True').map(({ type }) => type);
    return types.includes('Complete') ? 'Complete' : types.includes('Failed') ? 'Failed' : undefined;
  }

  condition(type: string) {
    return this.job.status?.conditions?.find((condition) => condition.type === type);
  }

  get active(): Pod[] {
    return this.pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && !isEnd(status?.phase));
  }

  /** A container of the pod ends, and the pod with it. */
  finish(pod: Pod, exitCode: number): void {
    const state = { terminated: { exitCode, finishedAt: toRfc3339(this.now) } };
    const containerStatuses = [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state }];
    this.#replace(pod, {
      ...pod,
      status: { ...pod.status, phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses },
    });
  }

  setStatus(pod: Pod, status: Pod['status']): void {
    this.#replace(pod, { ...pod, status: { ...pod.status, ...status } });
  }

  /** Somebody deletes the pod. */
  delete(pod: Pod): void {
    const metadata = { ...pod.metadata, deletionTimestamp: toRfc3339(this.now), deletionGracePeriodSeconds: 0 };
    this.#replace(pod, { ...pod, metadata });
  }

  /** Nodes end what is deleted; what nothing holds is gone then. */
  reap(): void {
    this.pods = this.pods
      .map(
        (pod): Pod =>
          pod.metadata.deletionTimestamp && !isEnd(pod.status?.phase)
            ? { ...pod, status: { ...pod.status, phase: 'Failed' } }
            : pod,
      )
      .filter(({ metadata }) => !metadata.deletionTimestamp || metadata.finalizers?.includes(TRACKING_FINALIZER));
  }

  apply(action: Action): void {
    this.log.push(action.do);
    switch (action.do) {
      case 'adopt':
      case 'release':
        throw new Error('no pod here is anybody else’s');
      case 'deletePod':
        if (!action.isCounted) this.#replace(action.pod, untracked(action.pod));
        this.delete(this.#current(action.pod));
        return;
      case 'createPods':
        for (const creation of action.pods) this.pods.push(this.#born(podOfJob(this.job, creation)));
        return;
      case 'setStatus':
        this.#setStatus(action.status);
        return;
      case 'letGo':
        for (const pod of action.pods) this.#replace(pod, untracked(this.#current(pod)));
        return;
    }
  }

  #born(pod: Pod): Pod {
    const name = `${pod.metadata.generateName}${this.#made++}`;
    const metadata = { ...pod.metadata, name, uid: name, creationTimestamp: toRfc3339(this.now) };
    return { ...pod, metadata, status: { phase: 'Running' } };
  }

  /** What the API would not take must not be wanted. */
  #setStatus(status: Job['status']): void {
    const job = { ...this.job, status };
    assert.deepEqual(validateJobStatusUpdate(job, this.job), []);
    this.job = job;
  }

  #current(pod: Pod): Pod {
    return this.pods.find(({ metadata }) => metadata.uid === pod.metadata.uid) ?? pod;
  }

  #replace(pod: Pod, by: Pod): void {
    this.pods = this.pods.map((one) => (one.metadata.uid === pod.metadata.uid ? by : one));
  }
}

function isEnd(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
