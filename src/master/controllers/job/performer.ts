import { JOB } from '../../../api/kinds/job.ts';
import { POD } from '../../../api/kinds/pod.ts';
import type { Job, JobStatus, Pod } from '../../../api/types.ts';
import type { EventRecorder, ResourceClient } from '../../resource-client.ts';
import { ClaimWriter } from '../workload/claim-writer.ts';
import { PodWriter } from '../workload/pod-writer.ts';
import { slowStart } from '../workload/slow-start.ts';
import { eventsOf } from './events.ts';
import type { Action } from './plan.ts';
import { isTracked, TRACKING_FINALIZER } from './pod-facts.ts';
import { podOfJob } from './pod-of-job.ts';
import type { Creation } from './pod-plan.ts';
import { removeTrackingFinalizer, untracked } from './tracking-finalizer.ts';

const COMPONENT = 'job-controller';

/** Does what was planned for a Job, telling of it in Events. All methods throw ApiError. */
export class Performer {
  readonly #client: ResourceClient;
  readonly #events: EventRecorder;
  readonly #claims: ClaimWriter<Job, Pod>;
  readonly #pods: PodWriter;

  constructor(client: ResourceClient, events: EventRecorder) {
    this.#client = client;
    this.#events = events;
    this.#claims = new ClaimWriter(client, JOB, POD);
    this.#pods = new PodWriter({ client, events, component: COMPONENT });
  }

  /** One step; what of it concerns different pods is done at once. @throws the first thing that went wrong, when all is tried */
  async perform(job: Job, actions: readonly Action[]): Promise<void> {
    const outcomes = await Promise.allSettled(actions.map((action) => this.#do(job, action)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  #do(job: Job, action: Action): Promise<void> {
    switch (action.do) {
      case 'adopt':
        return this.#claims.adopt(job, tracked(action.pod));
      case 'release':
        return this.#claims.release(job, untracked(action.pod));
      case 'deletePod':
        return this.#delete(job, action.pod, action.isCounted);
      case 'createPods':
        return this.#create(job, action.pods);
      case 'setStatus':
        return this.#setStatus(job, action.status);
      case 'letGo':
        return this.#letGo(action.pods);
    }
  }

  async #delete(job: Job, pod: Pod, isCounted: boolean): Promise<void> {
    if (!isCounted) await removeTrackingFinalizer(this.#client, pod);
    await this.#pods.delete(job, pod);
  }

  async #create(job: Job, creations: readonly Creation[]): Promise<void> {
    const left = creations.values();
    await slowStart(creations.length, () => this.#pods.create(job, podOfJob(job, left.next().value ?? {})));
  }

  async #setStatus(job: Job, status: JobStatus): Promise<void> {
    await this.#client.update(JOB, { ...job, status }, { subresource: 'status' });
    for (const event of eventsOf(job, status)) this.#events.record(job, { ...event, component: COMPONENT });
  }

  async #letGo(pods: readonly Pod[]): Promise<void> {
    const outcomes = await Promise.allSettled(pods.map((pod) => removeTrackingFinalizer(this.#client, pod)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}

function tracked(pod: Pod): Pod {
  if (isTracked(pod)) return pod;
  const finalizers = [...(pod.metadata.finalizers ?? []), TRACKING_FINALIZER];
  return { ...pod, metadata: { ...pod.metadata, finalizers } };
}
