import type { StatusCause } from '../../../meta/errors.ts';
import { invalid, invalidEach, notSupported, ofEach, required } from '../../../meta/field-errors.ts';
import { formatQuantity, tryParseQuantity } from '../../../meta/quantity.ts';
import {
  checkConfigMapKey,
  checkDns1123Label,
  checkDns1123Subdomain,
  checkEnvVarName,
  checkQualifiedName,
} from '../../../meta/validation.ts';
import type { EnvFromSource, EnvVar, FieldRef, ResourceFieldRef } from '../parts.ts';
import { notEmpty } from './values.ts';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const BYTE_DIVISORS = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];
const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef'] as const;

export function envCauses(vars: readonly EnvVar[] | undefined, field: string): StatusCause[] {
  return ofEach(vars, field, (variable, path) => [
    ...(variable.name
      ? invalidEach(`${path}.name`, variable.name, checkEnvVarName(variable.name))
      : [required(`${path}.name`)]),
    ...valueFromCauses(variable, `${path}.valueFrom`),
  ]);
}

function valueFromCauses({ value, valueFrom }: EnvVar, field: string): StatusCause[] {
  if (!valueFrom) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const count = SOURCES.filter((source) => valueFrom[source]).length + (fileKeyRef ? 1 : 0);
  const causes: StatusCause[] = [];
  if (fieldRef) causes.push(...fieldRefCauses(fieldRef, `${field}.fieldRef`, ENV_FIELDS));
  if (resourceFieldRef) causes.push(...resourceRefCauses(resourceFieldRef, `${field}.resourceFieldRef`));
  if (configMapKeyRef) causes.push(...keyRefCauses(configMapKeyRef, `${field}.configMapKeyRef`));
  if (secretKeyRef) causes.push(...keyRefCauses(secretKeyRef, `${field}.secretKeyRef`));
  if (fileKeyRef) causes.push(...fileKeyCauses(fileKeyRef, `${field}.fileKeyRef`));
  if (count === 0) {
    const text =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    causes.push(invalid(field, '', text));
  } else if (value) causes.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) causes.push(invalid(field, '', 'may not have more than one field specified at a time'));
  return causes;
}

function keyRefCauses({ name = '', key }: { name?: string; key: string }, field: string): StatusCause[] {
  return [
    ...invalidEach(`${field}.name`, name, checkDns1123Subdomain(name)),
    ...(key ? invalidEach(`${field}.key`, key, checkConfigMapKey(key)) : [required(`${field}.key`)]),
  ];
}

function fileKeyCauses(ref: { key: string; path: string; volumeName: string }, field: string): StatusCause[] {
  return [
    ...(ref.key ? invalidEach(`${field}.key`, ref.key, checkEnvVarName(ref.key)) : [required(`${field}.key`)]),
    ...(ref.volumeName
      ? invalidEach(`${field}.volumeName`, ref.volumeName, checkDns1123Label(ref.volumeName))
      : [required(`${field}.volumeName`)]),
    ...notEmpty(ref.path, `${field}.path`),
  ];
}

/**
 * A reference to a field of the pod itself (downward API).
 * @param allowed sorted paths; labels and annotations by key (`metadata.labels['x']`) are allowed everywhere
 */
export function fieldRefCauses(ref: FieldRef, field: string, allowed: readonly string[]): StatusCause[] {
  if (!ref.apiVersion) return [required(`${field}.apiVersion`)];
  if (!ref.fieldPath) return [required(`${field}.fieldPath`)];
  const [, path = ref.fieldPath, key] = /^(.*?)\['(.*)'\]$/.exec(ref.fieldPath) ?? [];
  if (key !== undefined) {
    if (path === 'metadata.annotations') return invalidEach(field, key, checkQualifiedName(key.toLowerCase()));
    if (path === 'metadata.labels') return invalidEach(field, key, checkQualifiedName(key));
    return [invalid(field, path, 'does not support subscript')];
  }
  return allowed.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, allowed)];
}

/** A reference to a container's own requests and limits. @param isVolume a volume has to name the container */
export function resourceRefCauses(ref: ResourceFieldRef, field: string, isVolume = false): StatusCause[] {
  const causes: StatusCause[] = [];
  const isHugePages = /^(limits|requests)\.hugepages-/.test(ref.resource ?? '');
  if (isVolume && !ref.containerName) causes.push(required(`${field}.containerName`));
  else if (!ref.resource) causes.push(required(`${field}.resource`));
  else if (!RESOURCES.includes(ref.resource) && !isHugePages) {
    causes.push(notSupported(`${field}.resource`, ref.resource, RESOURCES));
  }
  return [...causes, ...divisorCauses(ref, `${field}.divisor`, isHugePages)];
}

function divisorCauses(
  { resource = '', divisor }: ResourceFieldRef,
  field: string,
  isHugePages: boolean,
): StatusCause[] {
  if (divisor === undefined) return [];
  const quantity = tryParseQuantity(divisor);
  if (!quantity) return [invalid(field, divisor, 'must be a valid resource quantity')];
  if (quantity.nano === 0n) return [];
  const text = formatQuantity(quantity);
  if (resource.endsWith('.cpu')) {
    if (text === '1' || text === '1m') return [];
    return [invalid(field, resource, "only divisor's values 1m and 1 are supported with the cpu resource")];
  }
  if (BYTE_DIVISORS.includes(text) || !(RESOURCES.includes(resource) || isHugePages)) return [];
  const kind = isHugePages ? 'hugepages' : resource.endsWith('.memory') ? 'memory' : 'local ephemeral storage';
  const list = BYTE_DIVISORS.join(', ');
  return [invalid(field, resource, `only divisor's values ${list} are supported with the ${kind} resource`)];
}

export function envFromCauses(sources: readonly EnvFromSource[] | undefined, field: string): StatusCause[] {
  return ofEach(sources, field, ({ prefix, configMapRef, secretRef }, path) => [
    ...(prefix ? invalidEach(`${path}.prefix`, prefix, checkEnvVarName(prefix)) : []),
    ...(configMapRef ? objectRefCauses(configMapRef.name, `${path}.configMapRef.name`) : []),
    ...(secretRef ? objectRefCauses(secretRef.name, `${path}.secretRef.name`) : []),
    ...(configMapRef || secretRef ? [] : [invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`')]),
    ...(configMapRef && secretRef ? [invalid(field, '', 'may not have more than one field specified at a time')] : []),
  ]);
}

function objectRefCauses(name: string | undefined, field: string): StatusCause[] {
  return name ? invalidEach(field, name, checkDns1123Subdomain(name)) : [required(field)];
}
