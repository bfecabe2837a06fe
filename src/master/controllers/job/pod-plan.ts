import type { Job, Pod } from '../../../api/types.ts';
import type { Millis } from '../../../lib/clock.ts';
import { chooseVictims } from '../workload/deletion-order.ts';
import { type Failure, remainingMs, remainingOfIndexMs } from './backoff.ts';
import { outcomeIn } from './conditions.ts';
import { firstFree, joined, withIndexes } from './index-ranges.ts';
import type { Judgement } from './judgement.ts';
import { indexOf, isIndexed, waitsForTermination } from './pod-facts.ts';

/** More at once would be a burst that nobody else gets through; the rest comes in the next pass. */
const MAX_BURST = 500;

export interface PodPlan {
  readonly deletions: readonly Pod[];
  /** Whether their end counts as a failure: not when the Job has too many, or is suspended. */
  readonly areCounted: boolean;
  readonly creations: readonly Creation[];
  /** Pods are wanted, and may be made in so many ms. */
  readonly waitMs?: number;
}

/** A pod to be made. */
export interface Creation {
  readonly index?: number;
  /** The failed pod of the index that it follows. */
  readonly after?: Pod;
}

const NOTHING: PodPlan = { deletions: [], areCounted: false, creations: [] };

/** Decides which pods to delete or to make: never both at once. */
export function planPods(
  job: Job,
  judgement: Judgement,
  { failures, now }: { readonly failures: readonly Failure[]; readonly now: Millis },
): PodPlan {
  const { active, outcome } = judgement;
  // The outcome is put in writing first, lest the deletions that follow from it change the judgement.
  if (outcome) {
    return outcomeIn(job.status ?? {})
      ? { ...NOTHING, deletions: active.slice(0, MAX_BURST), areCounted: true }
      : NOTHING;
  }
  if (job.metadata.deletionTimestamp) return NOTHING;
  const wanted = job.spec.suspend ? 0 : wantedOf(job, judgement);
  const deletions = surplusOf(job, active, { surplus: active.length - wanted, now });
  if (deletions.length > 0) return { ...NOTHING, deletions: deletions.slice(0, MAX_BURST) };
  const leaving = waitsForTermination(job) ? judgement.terminating : [];
  const missing = Math.min(wanted - active.length - leaving.length, MAX_BURST);
  if (missing <= 0) return NOTHING;
  const waitMs = job.spec.backoffLimitPerIndex === undefined ? remainingMs(failures, now) : 0;
  if (waitMs > 0) return { ...NOTHING, waitMs };
  if (!isIndexed(job)) return { ...NOTHING, creations: Array.from({ length: missing }, () => ({})) };
  return planIndexes(job, judgement, { missing, leaving, now });
}

/** Without a number of completions nothing is added once a pod has succeeded: that one knew that the work is done. */
function wantedOf({ spec }: Job, { active, succeeded }: Judgement): number {
  const { parallelism = 1, completions } = spec;
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Pods of an index that another one has, or that there is not, go before all others. */
function surplusOf(
  job: Job,
  active: readonly Pod[],
  { surplus, now }: { readonly surplus: number; readonly now: Millis },
): Pod[] {
  const related = active;
  const wrong = isIndexed(job) ? wrongIndexes(job, active, now) : [];
  const isWrong = new Set(wrong);
  const left = active.filter((pod) => !isWrong.has(pod));
  return [...wrong, ...chooseVictims(left, surplus - wrong.length, { related, now })];
}

function wrongIndexes(job: Job, active: readonly Pod[], now: Millis): Pod[] {
  const byIndex = Map.groupBy(active, (pod) => indexOf(pod, job));
  return [...byIndex].flatMap(([index, pods]) =>
    index === undefined ? pods : chooseVictims(pods, pods.length - 1, { related: active, now }),
  );
}

function planIndexes(
  job: Job,
  { active, succeededIndexes, failedIndexes = [], awaitingSuccessor }: Judgement,
  { missing, leaving, now }: { readonly missing: number; readonly leaving: readonly Pod[]; readonly now: Millis },
): PodPlan {
  const running = [...active, ...leaving].flatMap((pod) => indexOf(pod, job) ?? []);
  const taken = withIndexes(joined([...succeededIndexes, ...failedIndexes]), running);
  const creations: Creation[] = [];
  const waits: number[] = [];
  for (const index of firstFree(taken, missing, job.spec.completions ?? 0)) {
    const after = awaitingSuccessor.get(index);
    const waitMs = after ? remainingOfIndexMs(after, now) : 0;
    if (waitMs > 0) waits.push(waitMs);
    else creations.push(after ? { index, after } : { index });
  }
  return { ...NOTHING, creations, ...(waits.length > 0 ? { waitMs: Math.min(...waits) } : {}) };
}
