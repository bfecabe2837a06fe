import { POD_DISRUPTION_BUDGET } from '../../../api/kinds/pod-disruption-budget.ts';
import { ApiError, conflict, forbidden } from '../../../api/meta/errors.ts';
import { labelSelectorMatcher } from '../../../api/meta/labels.ts';
import { type KindDefinition, keyOf, type ObjectKey } from '../../../api/registry.ts';
import type { Pod, PodDisruptionBudget } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { withDisruptionCondition } from '../../disruption/condition.ts';
import type { DeleteOptions } from '../../resource-client.ts';
import { storagePrefix } from '../../store/keys.ts';
import { deleteObject } from './delete.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { objectFrom, requireCurrent } from './stored.ts';
import { updateObject } from './update.ts';

export interface EvictionRequest extends WriteContext {
  readonly pod: ObjectKey;
  readonly options: DeleteOptions;
}

type Budget = PodDisruptionBudget;

const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";
/** So many evicted pods may be on their way out before the controller has seen one go. */
const MAX_DISRUPTED_PODS = 2000;
const RETRY_SECONDS = 10;

/**
 * Deletes a pod if its disruption budget allows that. Source: registry/core/pod/storage, EvictionREST.
 * @throws ApiError TooManyRequests with the cause DisruptionBudget; NotFound; Conflict (a precondition does not hold).
 */
export async function evict(deps: EngineDeps, kind: KindDefinition<Pod>, request: EvictionRequest): Promise<void> {
  const pod = (await requireCurrent(deps.store, kind, request.pod)).object as Pod;
  const budget = needsNoBudget(pod) ? undefined : await budgetOf(deps, pod);
  if (!budget) return deleteEvicted(deps, kind, request);
  if (!isReady(pod) && mayGoUnready(budget)) {
    return deleteUnready(deps, kind, request, { pod, budget });
  }
  if (request.dryRun) takeOne(budget, pod, deps.clock.now());
  else await charge(deps, budget, pod, request);
  return deleteEvicted(deps, kind, request);
}

/** Whatever there was to disrupt has been. */
function needsNoBudget({ metadata, status }: Pod): boolean {
  return Boolean(metadata.deletionTimestamp) || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? '');
}

function isReady({ status }: Pod): boolean {
  return (status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** The stored ones are asked, not a cache: two evictions at once must not both find room. */
async function budgetOf(deps: EngineDeps, { metadata }: Pod): Promise<Budget | undefined> {
  const { items } = await deps.store.list(storagePrefix(POD_DISRUPTION_BUDGET, metadata.namespace));
  const kind = POD_DISRUPTION_BUDGET;
  const budgets = items
    .map((item) => objectFrom(kind, item) as Budget)
    .filter(({ spec }) => labelSelectorMatcher(spec.selector).matches(metadata.labels));
  if (budgets.length <= 1) return budgets[0];
  const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
  throw new ApiError('InternalError', why);
}

/** An unready pod is none of those that the budget counts: it may go if there are enough of them, or if anyone may. */
function mayGoUnready({ spec, status }: Budget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** Only if it has not become ready meanwhile: then the budget has to be asked after all. */
async function deleteUnready(
  deps: EngineDeps,
  kind: KindDefinition<Pod>,
  request: EvictionRequest,
  { pod, budget }: { readonly pod: Pod; readonly budget: Budget },
): Promise<void> {
  const { preconditions = {} } = request.options;
  const resourceVersion = pod.metadata.resourceVersion ?? '';
  const options = { ...request.options, preconditions: { ...preconditions, resourceVersion } };
  try {
    await deleteEvicted(deps, kind, { ...request, options });
  } catch (error) {
    const isOurs = preconditions.resourceVersion === undefined;
    if (error instanceof ApiError && error.reason === 'Conflict' && isOurs) throw stillProcessed(budget);
    throw error;
  }
}

async function charge(deps: EngineDeps, budget: Budget, pod: Pod, request: WriteContext): Promise<void> {
  await updateObject(deps, POD_DISRUPTION_BUDGET, {
    user: request.user,
    key: keyOf(budget),
    subresource: 'status',
    change: (current) => takeOne(current as Budget, pod, deps.clock.now()),
  });
}

/**
 * The budget with one disruption less. Until the pod is seen to go, its name keeps the controller from counting it.
 * @throws ApiError TooManyRequests, Forbidden.
 */
export function takeOne(budget: Budget, pod: Pod, now: Millis): Budget {
  const { metadata, status } = budget;
  const { disruptionsAllowed = 0, observedGeneration = 0, disruptedPods = {} } = status ?? {};
  if (observedGeneration < (metadata.generation ?? 0)) throw stillProcessed(budget);
  const resource = { group: 'policy', plural: 'poddisruptionbudget' };
  if (disruptionsAllowed < 0) throw forbidden(resource, metadata.name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw forbidden(resource, metadata.name, why);
  }
  if (disruptionsAllowed === 0) throw exhausted(budget);
  const left = {
    ...counts(status),
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...disruptedPods, [pod.metadata.name]: toRfc3339(now) },
  };
  return { ...budget, status: withDisruptionCondition(left, metadata.generation ?? 0, now) };
}

function counts(status: Budget['status']) {
  const { currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = status ?? {};
  return { ...status, currentHealthy, desiredHealthy, expectedPods };
}

function exhausted({ metadata, status }: Budget): ApiError {
  const failed = status?.conditions?.find(
    ({ type, reason }) => type === 'DisruptionAllowed' && reason === 'SyncFailed',
  );
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {};
  const why = failed
    ? `does not allow evicting pods currently because it failed sync: ${failed.message}`
    : `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return refused(`The disruption budget ${metadata.name} ${why}`);
}

function stillProcessed({ metadata }: Budget): ApiError {
  return refused(`The disruption budget ${metadata.name} is still being processed by the server.`, RETRY_SECONDS);
}

function refused(message: string, retryAfterSeconds?: number): ApiError {
  const causes = [{ reason: 'DisruptionBudget', message, field: '' }];
  return new ApiError('TooManyRequests', REFUSAL, {
    causes,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** Notes on the pod why it goes, and deletes it. */
async function deleteEvicted(
  deps: EngineDeps,
  kind: KindDefinition<Pod>,
  { pod: key, options, user, dryRun = false }: EvictionRequest,
): Promise<void> {
  if (dryRun) {
    await deleteObject(deps, kind, { key, options, user, dryRun });
    return;
  }
  const marked = await updateObject(deps, kind, {
    user,
    key,
    subresource: 'status',
    change: (current) => markEvicted(kind, current as Pod, options, toRfc3339(deps.clock.now())),
  });
  const { preconditions } = options;
  // The mark is a change of our own.
  const moved =
    preconditions?.resourceVersion === undefined ? {} : { resourceVersion: marked.metadata.resourceVersion ?? '' };
  const rest = preconditions ? { preconditions: { ...preconditions, ...moved } } : {};
  await deleteObject(deps, kind, { key, options: { ...options, ...rest }, user });
}

function markEvicted(kind: KindDefinition<Pod>, pod: Pod, { preconditions = {} }: DeleteOptions, now: string): Pod {
  const { uid, resourceVersion } = preconditions;
  const { metadata, status } = pod;
  const refuse = (field: string, wanted: string, found = '', end: string) =>
    conflict(
      kind,
      metadata.name,
      `the ${field} in the precondition (${wanted}) does not match the ${field} in record (${found}). ${end}`,
    );
  if (uid && uid !== metadata.uid) {
    throw refuse('UID', uid, metadata.uid, 'The object might have been deleted and then recreated');
  }
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'The object might have been modified');
  }
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget');
  const mark = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    observedGeneration: metadata.generation,
    lastTransitionTime: now,
  };
  return { ...pod, status: { ...status, conditions: [...others, mark] } };
}
