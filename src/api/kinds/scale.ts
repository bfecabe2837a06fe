import type { StatusCause } from '../meta/errors.ts';
import { invalidEach } from '../meta/field-errors.ts';
import { checkNonNegative } from '../meta/validation.ts';
import type { KindDefinition, ScaleMapping, Subresource } from '../registry.ts';
import type { KubeObject, Scale } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { count } from './workload/columns.ts';

/** How many: one shape for every kind that has replicas. Never stored, and served as `/scale` of those kinds alone. */
export const SCALE: KindDefinition<Scale> = {
  group: 'autoscaling',
  version: 'v1',
  kind: 'Scale',
  plural: 'scales',
  singular: 'scale',
  namespaced: true,
  hasStatus: true,
  hasGeneration: false,
  columns: [
    NAME,
    count('Desired', 'Replicas that there should be.', ({ spec }) => spec?.replicas ?? 0),
    count('Available', 'Replicas that there are.', ({ status }) => status?.replicas ?? 0),
    AGE,
  ],
  strategy: { validate: validateScale },
};

/** As discovery and OpenAPI list it under every kind that has a `scale`. */
export const SCALE_SUBRESOURCE: Subresource = {
  name: 'scale',
  kind: SCALE.kind,
  group: SCALE.group,
  version: SCALE.version,
  verbs: ['get', 'patch', 'update'],
};

/** spec.replicas, status.replicas and a map of labels or a LabelSelector at spec.selector: of all of Kubernetes' own kinds. */
export function standardScale<T extends KubeObject>(selectorOf: (object: T) => string): ScaleMapping<T> {
  return { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', selectorOf };
}

/** The Scale of an object; its resourceVersion is the object's. */
export function scaleOf(object: KubeObject, mapping: ScaleMapping): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: { replicas: numberAt(object, mapping.specReplicasPath) },
    status: { replicas: numberAt(object, mapping.statusReplicasPath), selector: mapping.selectorOf(object) },
  };
}

/**
 * Writes what a Scale wants into its object, in place: the replicas, and the name, uid and resourceVersion by which an
 * update is refused when they are not the object's.
 */
export function applyScale(object: KubeObject, { metadata, spec }: Scale, mapping: ScaleMapping): void {
  const { uid: _uid, resourceVersion: _revision, namespace: _namespace, ...kept } = object.metadata;
  const { name, namespace, uid, resourceVersion } = metadata;
  object.metadata = {
    ...kept,
    name,
    ...(namespace ? { namespace } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
  // Absent is what Kubernetes decodes to zero.
  setAt(object, segments(mapping.specReplicasPath), spec?.replicas ?? 0);
}

function validateScale({ spec }: Scale): StatusCause[] {
  const replicas = spec?.replicas ?? 0;
  return invalidEach('spec.replicas', replicas, checkNonNegative(replicas));
}

/** `.spec.replicas` is spec, replicas. */
function segments(path: string): string[] {
  return path.split('.').filter(Boolean);
}

function numberAt(object: KubeObject, path: string): number {
  const value = segments(path).reduce<unknown>((node, name) => (isMap(node) ? node[name] : undefined), object);
  return typeof value === 'number' ? value : 0;
}

function setAt(node: unknown, [name, ...rest]: readonly string[], value: number): void {
  if (name === undefined || !isMap(node)) return;
  if (rest.length === 0) node[name] = value;
  else {
    node[name] ??= {};
    setAt(node[name], rest, value);
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
