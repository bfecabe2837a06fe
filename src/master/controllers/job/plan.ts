import { isDeepStrictEqual } from 'node:util';
import type { Job, JobStatus, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { claim } from '../workload/claim.ts';
import type { Failure } from './backoff.ts';
import { judge, untilDeadlineMs } from './judgement.ts';
import { type Creation, planPods } from './pod-plan.ts';
import { track } from './tracking.ts';

export type Action =
  | { readonly do: 'adopt' | 'release'; readonly pod: Pod }
  /** `isCounted`: the end of the pod counts as a failure. */
  | { readonly do: 'deletePod'; readonly pod: Pod; readonly isCounted: boolean }
  | { readonly do: 'createPods'; readonly pods: readonly Creation[] }
  | { readonly do: 'setStatus'; readonly status: JobStatus }
  /** The status counts these: nothing holds them any more. */
  | { readonly do: 'letGo'; readonly pods: readonly Pod[] };

/** What a Job is judged by. */
export interface View {
  /** Those that it owns, and those of its namespace that nobody owns. */
  readonly pods: readonly Pod[];
  readonly failures: readonly Failure[];
  /** No pods are to be made, deleted or claimed: it was tried, in vain. */
  readonly isHalted?: boolean;
}

export interface Plan {
  /** One step: what comes after it depends on what it leads to. Empty when the Job is where it should be. */
  readonly actions: readonly Action[];
  /** When to look again although nothing happens, in ms from now. */
  readonly againMs?: number;
}

/**
 * Decides the next step of a Job that is not finished: whose pods are whose; then pods; then the status; then, and only when that is
 * written, the pods that it counts are let go. Source: batch/v1 and the documented behaviour of Jobs.
 */
export function plan(job: Job, { pods, failures, isHalted = false }: View, now: Millis): Plan {
  const { owned, adopt, release } = claim(job, pods);
  const claims = [
    ...release.map((pod) => ({ do: 'release', pod }) as const),
    ...adopt.map((pod) => ({ do: 'adopt', pod }) as const),
  ];
  if (claims.length > 0 && !isHalted) return { actions: claims };
  const judgement = judge(job, owned, now);
  const { deletions, areCounted, creations, waitMs } = planPods(job, judgement, { failures, now });
  const podActions: Action[] = [
    ...deletions.map((pod) => ({ do: 'deletePod', pod, isCounted: areCounted }) as const),
    ...(creations.length > 0 ? [{ do: 'createPods', pods: creations } as const] : []),
  ];
  if (podActions.length > 0 && !isHalted) return { actions: podActions };
  const { status, countedPods } = track(job, owned, judgement, now);
  if (!isDeepStrictEqual(status, job.status)) return { actions: [{ do: 'setStatus', status }] };
  if (countedPods.length > 0) return { actions: [{ do: 'letGo', pods: countedPods }] };
  // Once it is known how it ends, its pods' ends are all that it waits for: a deadline that has passed would be due for ever.
  const deadlineMs = judgement.outcome ? undefined : untilDeadlineMs(job, now);
  const waits = [waitMs, deadlineMs].filter((ms) => ms !== undefined);
  return { actions: [], ...(waits.length > 0 ? { againMs: Math.min(...waits) } : {}) };
}
