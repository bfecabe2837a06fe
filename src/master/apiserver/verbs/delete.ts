import { isDeepStrictEqual } from 'node:util';
import { badRequest, conflict, notFound } from '../../../api/meta/errors.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { LAST_RFC3339, type Millis, toRfc3339 } from '../../../lib/clock.ts';
import type { DeleteOptions } from '../../resource-client.ts';
import { storageKey } from '../../store/keys.ts';
import type { AdmissionRequest } from '../admission/chain.ts';
import { finalizersForDeletion } from './deletion-finalizers.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { isHeldBySpec, markTerminating } from './namespaces.ts';
import { type Current, currentFrom, encodeFor, requireCurrent, withRevision } from './stored.ts';

export interface DeleteRequest extends WriteContext {
  readonly key: ObjectKey;
  readonly options: DeleteOptions;
}

export interface Deletion {
  /** As it was removed, or as it stands with its deletionTimestamp. */
  readonly object: KubeObject;
  /** False while finalizers or the grace period keep it. */
  readonly isGone: boolean;
}

export type DeletionPlan =
  | { readonly do: 'remove' }
  | { readonly do: 'mark'; readonly object: KubeObject }
  /** It is being deleted already, and no later than is asked now. */
  | { readonly do: 'keep' };

/**
 * Decides what deleting comes to. What becomes of dependents is written into finalizers, which the garbage collector follows;
 * a node's grace that has begun leaves them as they are.
 */
export function planDeletion(
  kind: KindDefinition,
  object: KubeObject,
  options: Pick<DeleteOptions, 'gracePeriodSeconds' | 'propagationPolicy'>,
  now: Millis,
): DeletionPlan {
  const { deletionTimestamp, deletionGracePeriodSeconds: given, finalizers: held = [] } = object.metadata;
  const graceSeconds = kind.strategy.gracePeriodSeconds?.(object, options.gracePeriodSeconds) ?? 0;
  const isNoSooner = Boolean(deletionTimestamp) && graceSeconds >= (given ?? 0);
  const isWithNode = isNoSooner && kind.strategy.gracePeriodSeconds !== undefined;
  const finalizers = isWithNode ? held : finalizersForDeletion(kind, object, options.propagationPolicy);
  if (graceSeconds === 0 && finalizers.length === 0 && !isHeldBySpec(object)) return { do: 'remove' };
  if (isNoSooner && isDeepStrictEqual(finalizers, held)) return { do: 'keep' };
  return { do: 'mark', object: marked(object, { graceSeconds, finalizers }, now) };
}

function marked(
  object: KubeObject,
  { graceSeconds, finalizers }: { readonly graceSeconds: number; readonly finalizers: readonly string[] },
  now: Millis,
): KubeObject {
  const next = structuredClone(object);
  const { metadata } = next;
  // A shorter grace counts from the first deletion: 30 s begun 10 s ago and cut to 15 s leaves 5 s.
  const begun = metadata.deletionTimestamp
    ? Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000
    : now;
  // Both are cut where RFC 3339 ends: the one less the other must stay when the deletion began.
  const givenSeconds = Math.min(graceSeconds, Math.floor((LAST_RFC3339 - begun) / 1000));
  metadata.deletionTimestamp = toRfc3339(begun + givenSeconds * 1000);
  metadata.deletionGracePeriodSeconds = givenSeconds;
  if (finalizers.length > 0) metadata.finalizers = [...finalizers];
  else delete metadata.finalizers;
  if (metadata.generation && !object.metadata.deletionTimestamp) metadata.generation++;
  markTerminating(next);
  return next;
}

/**
 * Deletes at once, or marks the object as being deleted.
 * @throws ApiError NotFound, Conflict (a precondition does not hold), BadRequest, and what admission throws.
 */
export async function deleteObject(deps: EngineDeps, kind: KindDefinition, request: DeleteRequest): Promise<Deletion> {
  assertOptions(request.options);
  const { unsaidPropagationWarning } = kind.strategy;
  if (unsaidPropagationWarning && !request.options.propagationPolicy) request.warn?.(unsaidPropagationWarning);
  let current: Current | undefined = await requireCurrent(deps.store, kind, request.key);
  while (current) {
    const attempt: Attempt = await attemptDelete(deps, kind, request, current);
    if ('deletion' in attempt) return attempt.deletion;
    current = attempt.lostTo;
  }
  throw notFound(kind, request.key.name);
}

type Attempt = { readonly deletion: Deletion } | { readonly lostTo: Current | undefined };

async function attemptDelete(
  deps: EngineDeps,
  kind: KindDefinition,
  { key, options, user, dryRun = false }: DeleteRequest,
  current: Current,
): Promise<Attempt> {
  const { object: old, revision } = current;
  assertPreconditions(kind, old, options);
  const admission: AdmissionRequest = {
    operation: 'DELETE',
    kind,
    key,
    subresource: '',
    object: old,
    old,
    user,
    dryRun,
  };
  await deps.admission.validate(admission);
  const plan = planDeletion(kind, old, options, deps.clock.now());
  if (plan.do === 'keep') return { deletion: { object: old, isGone: false } };
  const isGone = plan.do === 'remove';
  const object = plan.do === 'mark' ? plan.object : old;
  if (dryRun) return { deletion: { object, isGone } };
  const path = storageKey(kind, key);
  const result = await deps.admission.around(admission, () =>
    isGone ? deps.store.delete(path, revision) : deps.store.update(path, encodeFor(kind, object), revision),
  );
  if (result.done) return { deletion: { object: withRevision(object, result.revision), isGone } };
  return { lostTo: result.current && currentFrom(kind, result.current) };
}

function assertOptions(options: DeleteOptions): void {
  const { gracePeriodSeconds } = options;
  if (gracePeriodSeconds !== undefined && !Number.isSafeInteger(gracePeriodSeconds)) {
    throw badRequest('gracePeriodSeconds: must be an integer');
  }
}

function assertPreconditions(kind: KindDefinition, object: KubeObject, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const fail = (field: string, wanted: string, found: string | undefined): never => {
    const why = `Precondition failed: ${field} in precondition: ${wanted}, ${field} in object meta: ${found}`;
    throw conflict(kind, object.metadata.name, why);
  };
  if (uid !== undefined && uid !== object.metadata.uid) fail('UID', uid, object.metadata.uid);
  if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
    fail('ResourceVersion', resourceVersion, object.metadata.resourceVersion);
  }
}
