import assert from 'node:assert/strict';
import { aPod } from '../../../../test/lib/builders.ts';
import { aJob } from '../../../../test/lib/jobs.ts';
import type { Job, Pod } from '../../../api/types.ts';
import { controllerReference } from '../workload/owner.ts';
import { isOrphan } from './orphan-pods.ts';
import { TRACKING_FINALIZER } from './pod-facts.ts';

describe('a pod that is held for being counted', () => {
  const job = aJob();
  const held: Pod = aPod();
  held.metadata.finalizers = [TRACKING_FINALIZER];
  const owned = { ...held, metadata: { ...held.metadata, ownerReferences: [controllerReference(job)] } };
  const done: Job = { ...job, status: { conditions: [{ type: 'Complete', status: 'True' }] } };
  const cases: [title: string, pod: Pod, job: Job | undefined, expected: boolean][] = [
    ['stays while its Job is there', owned, job, false],
    ['is let go when its Job is gone', owned, undefined, true],
    ['is let go when a namesake took the place of its Job', owned, aJobWithUid('another'), true],
    ['is let go when it is nobody’s', held, undefined, true],
    ['is let go when its Job has finished', owned, done, true],
    ['is left to whoever else manages its Job', owned, { ...done, spec: { ...done.spec, managedBy: 'x.io/y' } }, false],
    ['is no longer one without the finalizer', aPod(), undefined, false],
  ];
  for (const [title, pod, owner, expected] of cases) {
    it(title, () => assert.equal(isOrphan(pod, owner), expected));
  }
});

function aJobWithUid(uid: string): Job {
  const job = aJob();
  return { ...job, metadata: { ...job.metadata, uid } };
}
