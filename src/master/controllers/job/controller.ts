import { isJobFinished } from '../../../api/kinds/job/status-validation.ts';
import { JOB } from '../../../api/kinds/job.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { ApiError } from '../../../api/meta/errors.ts';
import { labelSelectorMatcher } from '../../../api/meta/labels.ts';
import { keyOf, keyText, type ObjectKey } from '../../../api/registry.ts';
import type { Job, KubeObject } from '../../../api/types.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { controllerKeys, controllerOf } from '../workload/owner.ts';
import { type Failure, failuresInARow } from './backoff.ts';
import { JobPods } from './job-pods.ts';
import { Performer } from './performer.ts';
import { type Action, plan } from './plan.ts';

/** More steps in one pass would be one that never ends. */
const MAX_STEPS = 1000;
/** A clock that is set forward (a Pi learns the time after it has started) must not be noticed too late. */
const MAX_WAIT_MS = 60_000;

/** Runs every Job to its end. */
export function jobController(parts: ControllerParts): Reconciler {
  return new JobReconciler(parts);
}

class JobReconciler implements Reconciler {
  readonly name = 'job-controller';
  readonly watches: Reconciler['watches'];
  readonly #parts: ControllerParts;
  readonly #pods: JobPods;
  readonly #performer: Performer;
  /** By the Job's uid: pods that failed and were deleted leave no other trace. Lost with the process, as in Kubernetes. */
  readonly #failures = new Map<string, readonly Failure[]>();

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#pods = new JobPods(parts.cache);
    this.#performer = new Performer(parts.client, parts.events);
    this.watches = [
      { kind: JOB, keysOf: (job) => this.#ownKey(job) },
      { kind: POD, keysOf: (...change) => this.#jobsOf(...change) },
    ];
  }

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<number | undefined> {
    let halt: { readonly error?: unknown } | undefined;
    for (let step = 0; step < MAX_STEPS; step++) {
      signal.throwIfAborted();
      const job = this.#parts.cache.get(JOB, key);
      if (!job || !isOurs(job)) return undefined;
      const pods = [...this.#pods.ofJob(key), ...this.#pods.ofNobody(key.namespace)];
      const view = { pods, failures: this.#failuresOf(job, pods), isHalted: halt !== undefined };
      const { actions, againMs } = plan(job, view, this.#parts.clock.now());
      if (actions.length === 0) {
        if (halt?.error) throw halt.error;
        return againMs === undefined ? undefined : Math.min(againMs, MAX_WAIT_MS);
      }
      if (concernsPods(actions)) halt = await this.#performOnPods(job, actions);
      // What changed the Job under our hands wakes us again.
      else if (!(await isDone(this.#performer.perform(job, actions)))) return undefined;
    }
    throw new Error(`Job ${keyText(key)} does not come to rest`);
  }

  /** @returns why no more is to be tried with the pods in this pass; the status is to tell what they are all the same */
  async #performOnPods(job: Job, actions: readonly Action[]): Promise<{ readonly error?: unknown } | undefined> {
    const count = () => this.#pods.ofJob(keyOf(job)).length;
    const before = count();
    try {
      await this.#performer.perform(job, actions);
    } catch (error) {
      return { error };
    }
    // In a namespace that ends nothing is made, and nothing is wrong.
    return actions.some((action) => action.do === 'createPods') && count() <= before ? {} : undefined;
  }

  #failuresOf(job: Job, pods: Parameters<typeof failuresInARow>[2]): readonly Failure[] {
    const uid = job.metadata.uid ?? '';
    const own = pods.filter((pod) => controllerOf(pod)?.uid === uid);
    const failures = failuresInARow(this.#failures.get(uid) ?? [], job, own);
    if (failures.length > 0) this.#failures.set(uid, failures);
    else this.#failures.delete(uid);
    return failures;
  }

  /** A finished Job needs nothing more: it is not even queued. */
  #ownKey(object: KubeObject): ObjectKey[] {
    const key = keyOf(object);
    const job = this.#parts.cache.get(JOB, key);
    if (job && isOurs(job)) return [key];
    this.#failures.delete(object.metadata.uid ?? '');
    return [];
  }

  #jobsOf(pod: KubeObject, previous: KubeObject | undefined): ObjectKey[] {
    const { cache } = this.#parts;
    const owners = [...controllerKeys(pod, 'Job'), ...controllerKeys(previous, 'Job')];
    if (controllerOf(pod)) return owners;
    const takers = cache
      .list(JOB, pod.metadata.namespace)
      .filter((job) => isOurs(job) && labelSelectorMatcher(job.spec.selector).matches(pod.metadata.labels));
    return [...owners, ...takers.map(keyOf)];
  }
}

function concernsPods(actions: readonly Action[]): boolean {
  return actions.every((action) => action.do !== 'setStatus' && action.do !== 'letGo');
}

/** @returns false when what was to be written is not there any more, or another one by now */
async function isDone(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.reason === 'Conflict' || error.reason === 'NotFound')) return false;
    throw error;
  }
}

/** Finished Jobs are left alone, and so are those that say that someone else looks after them. */
function isOurs(job: Job): boolean {
  return !isJobFinished(job) && isManagedHere(job);
}

export function isManagedHere({ spec }: Job): boolean {
  return spec.managedBy === undefined || spec.managedBy === 'kubernetes.io/job-controller';
}
