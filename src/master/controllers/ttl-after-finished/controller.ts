import { JOB } from '../../../api/kinds/job.ts';
import type { Job } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import type { ControllerParts, Reconciler } from '../controller.ts';
import { ignoring } from '../ignore-errors.ts';

/** A clock that is set forward must not be noticed too late. */
const MAX_WAIT_MS = 3_600_000;

/**
 * How long a finished Job is to be kept yet, in ms; 0 and less: no longer.
 * @returns undefined for one that is kept for ever, has not finished, or is being deleted already
 */
export function untilExpiryMs({ metadata, spec, status }: Job, now: Millis): number | undefined {
  const { ttlSecondsAfterFinished } = spec;
  if (ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp) return undefined;
  const finished = status?.conditions?.find(
    (condition) => (condition.type === 'Complete' || condition.type === 'Failed') && condition.status === 'True',
  );
  const finishedAt = Date.parse(finished?.lastTransitionTime ?? '');
  return Number.isNaN(finishedAt) ? undefined : finishedAt + ttlSecondsAfterFinished * 1000 - now;
}

/** Deletes finished Jobs when their ttlSecondsAfterFinished has passed, and their pods with them. */
export function ttlAfterFinishedController({ client, cache, clock }: ControllerParts): Reconciler {
  return {
    name: 'ttl-after-finished-controller',
    watches: [{ kind: JOB }],
    async reconcile(key) {
      const job = cache.get(JOB, key);
      const leftMs = job && untilExpiryMs(job, clock.now());
      if (!job || leftMs === undefined) return undefined;
      if (leftMs > 0) return Math.min(leftMs, MAX_WAIT_MS);
      const preconditions = { uid: job.metadata.uid ?? '' };
      const deletion = client.delete(JOB, key, { propagationPolicy: 'Foreground', preconditions });
      await ignoring(['NotFound', 'Conflict'], deletion);
      return undefined;
    },
  };
}
