import type { KindDefinition } from '../registry.ts';
import type { ObjectMeta, OwnerReference } from '../types.ts';
import type { StatusCause } from './errors.ts';
import { forbidden, immutable, invalid, invalidEach, required, tooLong } from './field-errors.ts';
import { validateLabels } from './labels.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkQualifiedName } from './validation.ts';

/** What metadata is judged by: any KindDefinition is one. */
type MetaRules = Pick<KindDefinition, 'namespaced'> & {
  readonly strategy?: Pick<KindDefinition['strategy'], 'validateName'>;
};

/** Keys and values of all annotations together: 256 KiB. */
const MAX_ANNOTATION_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion'];
const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/**
 * All that is wrong with the metadata of an object as it is to be stored: name and namespace are set by now.
 * Source: apimachinery, api/validation.ValidateObjectMeta, and core's rules for finalizers.
 */
export function validateObjectMeta(meta: ObjectMeta, rules: MetaRules, path = 'metadata'): StatusCause[] {
  const checkName = rules.strategy?.validateName ?? checkDns1123Subdomain;
  const { name, generateName = '', generation = 0 } = meta;
  return [
    ...invalidEach(`${path}.generateName`, generateName, generateName ? checkName(asPrefix(generateName)) : []),
    ...(name
      ? invalidEach(`${path}.name`, name, checkName(name))
      : [required(`${path}.name`, 'name or generateName is required')]),
    ...validateNamespaceField(meta.namespace ?? '', rules.namespaced, `${path}.namespace`),
    ...(generation < 0 ? [invalid(`${path}.generation`, generation, 'must be greater than or equal to 0')] : []),
    ...validateLabels(meta.labels, `${path}.labels`),
    ...validateAnnotations(meta.annotations ?? {}, `${path}.annotations`),
    ...validateOwnerReferences(meta.ownerReferences ?? [], `${path}.ownerReferences`),
    ...validateFinalizers(meta.finalizers ?? [], `${path}.finalizers`),
  ];
}

/** What an update must not do to metadata, beside what `validateObjectMeta` says of the new one. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, path = 'metadata'): StatusCause[] {
  const added = (meta.finalizers ?? []).filter((name) => !old.finalizers?.includes(name));
  const changed = IMMUTABLE_FIELDS.filter((field) => meta[field] !== old[field]);
  return [
    ...(old.deletionTimestamp && added.length > 0 ? [noNewFinalizers(added, `${path}.finalizers`)] : []),
    ...((meta.generation ?? 0) < (old.generation ?? 0)
      ? [invalid(`${path}.generation`, meta.generation, 'must not be decremented')]
      : []),
    ...changed.map((field) => immutable(`${path}.${field}`, meta[field])),
  ];
}

/** A finalizer of spec or metadata: one of the standard ones, or qualified with a domain. @param path of the one name */
export function validateFinalizerName(name: string, path: string): StatusCause[] {
  const wrong = invalidEach(path, name, checkQualifiedName(name));
  if (wrong.length > 0 || name.includes('/') || STANDARD_FINALIZERS.includes(name)) return wrong;
  return [invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified')];
}

/** What is generated ends in letters: a closing dash is judged as one. */
function asPrefix(generateName: string): string {
  return generateName.length > 1 && generateName.endsWith('-') ? `${generateName.slice(0, -2)}a` : generateName;
}

function validateNamespaceField(namespace: string, isNamespaced: boolean, path: string): StatusCause[] {
  if (!isNamespaced) return namespace ? [forbidden(path, 'not allowed on this type')] : [];
  return namespace ? invalidEach(path, namespace, checkDns1123Label(namespace)) : [required(path)];
}

/** Keys, and how large all of them are together; also of templates. */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, path: string): StatusCause[] {
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    // Upper case is allowed in the prefix too, here alone.
    ...entries.flatMap(([key]) => invalidEach(path, key, checkQualifiedName(key.toLowerCase()))),
    ...(bytes > MAX_ANNOTATION_BYTES ? [tooLong(path, MAX_ANNOTATION_BYTES)] : []),
  ];
}

function validateOwnerReferences(owners: readonly OwnerReference[], path: string): StatusCause[] {
  const [first, ...others] = owners.filter((owner) => owner.controller).map(({ kind, name }) => `${kind}/${name}`);
  return [
    ...owners.flatMap((owner) => validateOwnerReference(owner, path)),
    ...others.map((other) =>
      invalid(
        path,
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${other}`,
      ),
    ),
  ];
}

/** Kubernetes names no index here. */
function validateOwnerReference(owner: OwnerReference, path: string): StatusCause[] {
  const version = owner.apiVersion.split('/').at(-1);
  const empty = (['kind', 'name', 'uid'] as const).filter((field) => !owner[field]);
  return [
    ...(version ? [] : [invalid(`${path}.apiVersion`, owner.apiVersion, 'version must not be empty')]),
    ...empty.map((field) => invalid(`${path}.${field}`, owner[field], 'must not be empty')),
    ...(owner.apiVersion === 'v1' && owner.kind === 'Event'
      ? [invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ];
}

function validateFinalizers(finalizers: readonly string[], path: string): StatusCause[] {
  const isBoth = finalizers.includes('orphan') && finalizers.includes('foregroundDeletion');
  return [
    ...finalizers.flatMap((name, index) => validateFinalizer(name, path, index)),
    ...(isBoth ? [invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')] : []),
  ];
}

/** The form is a matter of the list, the domain one of the item: two validators of Kubernetes, two paths. */
function validateFinalizer(name: string, path: string, index: number): StatusCause[] {
  const isForm = checkQualifiedName(name).length > 0;
  return validateFinalizerName(name, isForm ? path : `${path}[${index}]`);
}

function noNewFinalizers(added: readonly string[], path: string): StatusCause {
  const list = added.toSorted().map((name) => JSON.stringify(name));
  return forbidden(
    path,
    `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list.join(', ')}}`,
  );
}
