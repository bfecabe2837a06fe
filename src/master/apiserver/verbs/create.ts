import { randomUUID } from 'node:crypto';
import { alreadyExists, badRequest, invalid } from '../../../api/meta/errors.ts';
import { validateObjectMeta } from '../../../api/meta/object-meta.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { KubeObject } from '../../../api/types.ts';
import { type Millis, toRfc3339 } from '../../../lib/clock.ts';
import { storageKey } from '../../store/keys.ts';
import type { AdmissionRequest } from '../admission/chain.ts';
import type { EngineDeps, WriteContext } from './engine-deps.ts';
import { generateName } from './names.ts';
import { encodeFor, withRevision } from './stored.ts';

const GENERATE_ATTEMPTS = 8;

export interface CreateRequest extends WriteContext {
  /** Of the request's path; `''` for cluster-scoped kinds. */
  readonly namespace: string;
}

/**
 * Stores a new object. `input` is not changed.
 * @returns the object as stored (as it would be, without resourceVersion, on a dry run).
 * @throws ApiError Invalid, AlreadyExists, BadRequest, and what admission throws.
 */
export async function createObject(
  deps: EngineDeps,
  kind: KindDefinition,
  input: KubeObject,
  request: CreateRequest,
): Promise<KubeObject> {
  const object = structuredClone(input);
  object.metadata ??= { name: '' };
  if (object.metadata.resourceVersion) {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  setNamespace(object, request.namespace);
  const prefix = object.metadata.name ? undefined : object.metadata.generateName;
  for (let attempt = 1; ; attempt++) {
    const candidate = prefix ? structuredClone(object) : object;
    if (prefix) candidate.metadata.name = generateName(prefix);
    try {
      return await createOnce(deps, kind, candidate, request);
    } catch (error) {
      if (!(error instanceof NameTaken)) throw error;
      if (!prefix || attempt === GENERATE_ATTEMPTS) throw alreadyExists(kind, error.objectName);
    }
  }
}

async function createOnce(
  deps: EngineDeps,
  kind: KindDefinition,
  object: KubeObject,
  request: CreateRequest,
): Promise<KubeObject> {
  fillSystemFields(kind, object, deps.clock.now());
  kind.strategy.setDefaults?.(object);
  const admission: AdmissionRequest = {
    operation: 'CREATE',
    kind,
    key: { namespace: request.namespace, name: object.metadata.name },
    subresource: '',
    object,
    user: request.user,
    dryRun: request.dryRun ?? false,
  };
  await deps.admission.mutate(admission);
  kind.strategy.prepareForCreate?.(object);
  return deps.admission.around(admission, async () => {
    assertValidForCreate(kind, object);
    await deps.admission.validate(admission);
    for (const text of kind.strategy.warnings?.(object) ?? []) request.warn?.(text);
    return write(deps, kind, object, admission.dryRun);
  });
}

async function write(deps: EngineDeps, kind: KindDefinition, object: KubeObject, dryRun: boolean): Promise<KubeObject> {
  const key = storageKey(kind, { namespace: object.metadata.namespace ?? '', name: object.metadata.name });
  if (dryRun) {
    if (await deps.store.get(key)) throw new NameTaken(object.metadata.name);
    return object;
  }
  const result = await deps.store.create(key, encodeFor(kind, object));
  if (!result.done) throw new NameTaken(object.metadata.name);
  return withRevision(object, result.revision);
}

/** Inside this file only: tells a generated name that is taken from every other refusal. */
class NameTaken extends Error {
  readonly objectName: string;
  constructor(objectName: string) {
    super('name taken');
    this.objectName = objectName;
  }
}

/** The path says where: a body may leave the namespace out, and must not name another one. */
export function setNamespace(object: KubeObject, namespace: string): void {
  const own = object.metadata.namespace ?? '';
  if (own && namespace && own !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (namespace) object.metadata.namespace = namespace;
  else delete object.metadata.namespace;
}

/** What the server alone sets, whatever the client put there. */
function fillSystemFields(kind: KindDefinition, object: KubeObject, now: Millis): void {
  const metadata = object.metadata;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = toRfc3339(now);
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  delete metadata.managedFields;
  delete metadata.generation;
  if (kind.hasGeneration) metadata.generation = 1;
}

function assertValidForCreate(kind: KindDefinition, object: KubeObject): void {
  const { strategy } = kind;
  const causes = [
    ...validateObjectMeta(object.metadata, kind),
    ...strategy.validate(object),
    ...(strategy.validateCreate?.(object) ?? []),
  ];
  if (causes.length > 0) throw invalid(kind, object.metadata.name || object.metadata.generateName || '', causes);
}
