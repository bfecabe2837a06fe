import { isJobFinished } from '../../../api/kinds/job/status-validation.ts';
import { JOB } from '../../../api/kinds/job.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { Job, KubeObject, Pod } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { controllerKeys, controllerOf } from '../workload/owner.ts';
import { isManagedHere } from './controller.ts';
import { JobPods } from './job-pods.ts';
import { isTracked } from './pod-facts.ts';
import { removeTrackingFinalizer } from './tracking-finalizer.ts';

/** Is there nobody any more who would count this pod? @param job the one that its controller reference names */
export function isOrphan(pod: Pod, job: Job | undefined): boolean {
  if (!isTracked(pod)) return false;
  if (!job || job.metadata.uid !== controllerOf(pod)?.uid) return true;
  return isManagedHere(job) && isJobFinished(job);
}

/** Lets pods go whose Job is gone, or done: nobody else would, and they would stay for ever. */
export function jobOrphanPodController({ client, cache }: ControllerParts): Reconciler {
  const pods = new JobPods(cache);
  const isLost = (pod: Pod) => isOrphan(pod, jobOf(pod, cache));
  return {
    name: 'job-orphan-pod-controller',
    watches: [
      { kind: POD, keysOf: (object) => keyIfLost(object, cache, isLost) },
      { kind: JOB, keysOf: (job) => pods.ofJob(keyOf(job)).filter(isLost).map(keyOf) },
    ],
    async reconcile(key) {
      const pod = cache.get(POD, key);
      if (pod && isLost(pod)) await removeTrackingFinalizer(client, pod);
      return undefined;
    },
  };
}

function jobOf(pod: Pod, cache: ObjectCache): Job | undefined {
  const [key] = controllerKeys(pod, 'Job');
  return key && cache.get(JOB, key);
}

function keyIfLost(object: KubeObject, cache: ObjectCache, isLost: (pod: Pod) => boolean): ObjectKey[] {
  const pod = cache.get(POD, keyOf(object));
  return pod && isLost(pod) ? [keyOf(pod)] : [];
}
