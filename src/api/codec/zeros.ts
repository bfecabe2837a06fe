import type { FieldType, ObjectSchema } from '../schema/schema.ts';
import { ZEROS } from './scalars.ts';

type Members = Record<string, unknown>;

/**
 * Required fields that are pointers in Go (k8s.io/api, types.go): absent, they are nil, and validation tells nil from empty
 * (`spec.selector: Required value` against "empty selector is invalid for deployment").
 */
const POINTERS: ReadonlySet<string> = new Set([
  'DaemonSetSpec.selector',
  'DeploymentSpec.selector',
  'HTTPIngressPath.pathType',
  'IPAddressSpec.parentRef',
  'ReplicaSetSpec.selector',
  'ScaleIOPersistentVolumeSource.secretRef',
  'ScaleIOVolumeSource.secretRef',
  'StatefulSetSpec.selector',
]);

interface Zero {
  readonly name: string;
  readonly type: FieldType;
}

/** By schema: the walk over a large list must not look for its items' required fields each time. */
const zerosBySchema = new WeakMap<ObjectSchema, readonly Zero[]>();

/**
 * Gives an object, in place, every required field that it lacks with Go's zero value: a struct of Go has all of its fields, and
 * those that are required are printed even when empty. Validation then finds an empty value where it belongs, and says so.
 * Times stay absent: their zero is null.
 */
export function fillZeros(members: Members, schema: ObjectSchema): Members {
  for (const { name, type } of zerosIn(schema)) {
    if (!Object.hasOwn(members, name)) members[name] = zeroOf(type);
  }
  return members;
}

/** Go's zero value of a type, made anew each time; null where JSON has no other word for it. */
export function zeroOf(type: FieldType): unknown {
  if (type.is === 'object') return fillZeros({}, type.object);
  if (type.is === 'map') return {};
  return type.is === 'list' ? [] : ZEROS[type.is];
}

function zerosIn(schema: ObjectSchema): readonly Zero[] {
  let zeros = zerosBySchema.get(schema);
  if (!zeros) {
    zeros = [...schema.fields().values()].filter(
      ({ name, type, required }) => required && hasZero(type) && !POINTERS.has(`${schema.goName}.${name}`),
    );
    zerosBySchema.set(schema, zeros);
  }
  return zeros;
}

function hasZero({ is }: FieldType): boolean {
  return is === 'object' || is === 'map' || is === 'list' || ZEROS[is] !== null;
}
