import { isDeepStrictEqual } from 'node:util';
import { badRequest, conflict, invalid, notFound } from '../../../api/meta/errors.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../../api/meta/object-meta.ts';
import type { KindDefinition, ObjectKey } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { storageKey } from '../../store/keys.ts';
import type { WriteResult } from '../../store/store.ts';
import type { AdmissionRequest } from '../admission/chain.ts';
import { setNamespace } from './create.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { isHeldBySpec, withFinalizersOf } from './namespaces.ts';
import { type Current, currentFrom, encodeFor, requireCurrent, withRevision } from './stored.ts';

/** How often a write that names no resourceVersion is tried against ever newer objects: one of many writers wins each round. */
const ATTEMPTS = 100;

/** `scale` changes one field of the spec, and is judged and counted like any change of it. */
export type UpdateSubresource = '' | 'scale' | 'status' | 'finalize' | 'binding';

export interface UpdateRequest extends WriteContext {
  readonly key: ObjectKey;
  readonly subresource: UpdateSubresource;
  /** Handed to the store: the write is not put to disk by itself. */
  readonly volatile?: boolean;
  /** Makes what is wanted out of what stands there (a copy, free to be changed); called again after a lost race. */
  change(current: KubeObject): KubeObject | Promise<KubeObject>;
}

/**
 * Replaces an object, or one part of it through a subresource, with optimistic locking.
 * @returns the object as stored; the current one when nothing changed, without a write.
 * @throws ApiError NotFound, Conflict, Invalid, BadRequest, and what admission throws.
 */
export async function updateObject(
  deps: EngineDeps,
  kind: KindDefinition,
  request: UpdateRequest,
): Promise<KubeObject> {
  let current = await requireCurrent(deps.store, kind, request.key);
  for (let attempt = 1; ; attempt++) {
    const wanted = await request.change(structuredClone(current.object));
    assertSameObject(kind, request, current.object, wanted);
    const outcome = await attemptUpdate(deps, kind, current, wanted, request);
    if ('stored' in outcome) return outcome.stored;
    if (!outcome.lostTo) throw notFound(kind, request.key.name);
    // The object in hand is older than what stands there: whoever named a resourceVersion is told so by the next round.
    current = outcome.lostTo;
    if (attempt === ATTEMPTS) throw conflict(kind, request.key.name);
  }
}

type Outcome = { readonly stored: KubeObject } | { readonly lostTo: Current | undefined };

async function attemptUpdate(
  deps: EngineDeps,
  kind: KindDefinition,
  current: Current,
  wanted: KubeObject,
  request: UpdateRequest,
): Promise<Outcome> {
  const old = current.object;
  const next = combine(kind, old, wanted, request.subresource);
  if (request.subresource !== 'status') kind.strategy.setDefaults?.(next);
  const admission: AdmissionRequest = {
    operation: 'UPDATE',
    kind,
    key: request.key,
    subresource: request.subresource,
    object: next,
    old,
    user: request.user,
    dryRun: request.dryRun ?? false,
  };
  await deps.admission.mutate(admission);
  if (isMain(request.subresource)) prepareMainUpdate(kind, next, old);
  return deps.admission.around(admission, async () => {
    assertValidForUpdate(kind, next, old, request.subresource);
    await deps.admission.validate(admission);
    if (!isDeepStrictEqual(desiredOf(next), desiredOf(old))) warn(kind, next, request);
    if (isDeepStrictEqual(next, old)) return { stored: old };
    if (admission.dryRun) return { stored: next };
    return write(deps, kind, current, next, request);
  });
}

/** Who only labels an object has heard it before. */
function warn(kind: KindDefinition, next: KubeObject, request: UpdateRequest): void {
  for (const text of kind.strategy.warnings?.(next) ?? []) request.warn?.(text);
}

async function write(
  deps: EngineDeps,
  kind: KindDefinition,
  current: Current,
  next: KubeObject,
  request: UpdateRequest,
): Promise<Outcome> {
  const key = storageKey(kind, request.key);
  const result: WriteResult = isFinished(next)
    ? await deps.store.delete(key, current.revision)
    : await deps.store.update(key, encodeFor(kind, next), current.revision, request.volatile ? { volatile: true } : {});
  if (result.done) return { stored: withRevision(next, result.revision) };
  return { lostTo: result.current && currentFrom(kind, result.current) };
}

/** A deleted object whose last finalizer went and which no node has to stop any more is removed by that very write. */
export function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  const isDue = Boolean(deletionTimestamp) && deletionGracePeriodSeconds === 0;
  return isDue && finalizers.length === 0 && !isHeldBySpec(object);
}

/** Name, namespace, uid and resourceVersion of the body must agree with what stands there. */
function assertSameObject(kind: KindDefinition, request: UpdateRequest, current: KubeObject, wanted: KubeObject): void {
  // Decoders let it be left out.
  wanted.metadata ??= { name: '' };
  const { name, uid, resourceVersion } = wanted.metadata;
  if (!name) throw badRequest('the name of the object is required: metadata.name must be provided');
  if (name !== request.key.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${request.key.name})`);
  }
  setNamespace(wanted, request.key.namespace);
  if (uid && uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(kind, name, why);
  }
  // '' and '0' mean "whatever is there".
  if (resourceVersion && resourceVersion !== '0' && resourceVersion !== current.metadata.resourceVersion) {
    throw conflict(kind, name);
  }
}

type MaybeStatus = KubeObject & { status?: unknown };

/** What this (sub)resource may change, taken from `wanted`; all the rest, from `old`. */
function combine(
  kind: KindDefinition,
  old: KubeObject,
  wanted: KubeObject,
  subresource: UpdateSubresource,
): KubeObject {
  if (subresource === 'finalize') return withFinalizersOf(old, wanted);
  const next: MaybeStatus = subresource === 'status' ? structuredClone(old) : wanted;
  if (subresource === 'status') {
    setOrDrop(next, 'status', (wanted as MaybeStatus).status);
    setOrDrop(next.metadata, 'labels', wanted.metadata.labels);
    setOrDrop(next.metadata, 'annotations', wanted.metadata.annotations);
  } else if (isMain(subresource) && kind.hasStatus) {
    setOrDrop(next, 'status', (old as MaybeStatus).status);
  }
  keepSystemMetadata(next, old);
  return next;
}

function isMain(subresource: UpdateSubresource): boolean {
  return subresource === '' || subresource === 'scale';
}

function setOrDrop<T extends object, K extends keyof T>(target: T, field: K, value: T[K] | undefined): void {
  if (value === undefined) delete target[field];
  else target[field] = value;
}

/** Deletion, generation and origin are the server's; creationTimestamp, left out, is kept, changed, is refused by validation. */
function keepSystemMetadata(next: KubeObject, old: KubeObject): void {
  const metadata = next.metadata;
  setOrDrop(metadata, 'uid', old.metadata.uid);
  setOrDrop(metadata, 'resourceVersion', old.metadata.resourceVersion);
  setOrDrop(metadata, 'creationTimestamp', metadata.creationTimestamp || old.metadata.creationTimestamp);
  setOrDrop(metadata, 'deletionTimestamp', old.metadata.deletionTimestamp);
  setOrDrop(metadata, 'deletionGracePeriodSeconds', old.metadata.deletionGracePeriodSeconds);
  setOrDrop(metadata, 'generation', old.metadata.generation);
  setOrDrop(metadata, 'selfLink', old.metadata.selfLink);
  delete metadata.managedFields;
}

function prepareMainUpdate(kind: KindDefinition, next: KubeObject, old: KubeObject): void {
  kind.strategy.prepareForUpdate?.(next, old);
  if (kind.hasGeneration && !isDeepStrictEqual(desiredOf(next), desiredOf(old))) {
    next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
}

/** Everything but metadata and status. */
function desiredOf(object: KubeObject): Record<string, unknown> {
  const { metadata: _metadata, status: _status, ...desired } = object as MaybeStatus;
  return desired;
}

function assertValidForUpdate(
  kind: KindDefinition,
  next: KubeObject,
  old: KubeObject,
  subresource: UpdateSubresource,
): void {
  const { strategy } = kind;
  const metadata = [
    ...validateObjectMeta(next.metadata, kind),
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
  ];
  const rest = isMain(subresource)
    ? [...strategy.validate(next), ...(strategy.validateUpdate?.(next, old) ?? [])]
    : subresource === 'status'
      ? (strategy.validateStatusUpdate?.(next, old) ?? [])
      : [];
  const causes = [...metadata, ...rest];
  if (causes.length > 0) throw invalid(kind, next.metadata.name, causes);
}
