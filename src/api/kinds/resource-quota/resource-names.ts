import type { StatusCause } from '../../meta/errors.ts';
import { invalid, invalidEach } from '../../meta/field-errors.ts';
import { formatQuantity, type Quantity } from '../../meta/quantity.ts';
import { checkQualifiedName } from '../../meta/validation.ts';
import { isExtended } from '../pod/validation/resources.ts';

/** Kinds of which a quota may limit the number by their bare name; others by `count/<resource>.<group>`. */
export const COUNTED_BY_NAME = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
];
export const NODE_PORTS = 'services.nodeports';
export const LOAD_BALANCERS = 'services.loadbalancers';
/** What a pod is given, as quotas name it. */
export const POD_COMPUTE = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory'];

const INTEGERS = new Set([...COUNTED_BY_NAME, NODE_PORTS, LOAD_BALANCERS]);
const STANDARD = new Set([
  ...INTEGERS,
  ...POD_COMPUTE,
  'ephemeral-storage',
  'limits.ephemeral-storage',
  'requests.ephemeral-storage',
  'requests.storage',
]);
const NANO = 1_000_000_000n;

/** A name without a domain that a quota knows. */
export function isStandardQuotaResource(name: string): boolean {
  return STANDARD.has(name) || /^(requests\.)?hugepages-/.test(name);
}

/** Source: core/validation, ValidateResourceQuotaResourceName. */
export function quotaResourceCauses(name: string, field: string): StatusCause[] {
  const wrong = checkQualifiedName(name);
  if (wrong.length > 0) return invalidEach(field, name, wrong);
  if (name.includes('/') || isStandardQuotaResource(name)) return [];
  const unknown =
    name === 'storage' ? [] : [invalid(field, name, 'must be a standard resource type or fully qualified')];
  return [...unknown, invalid(field, name, 'must be a standard resource for quota')];
}

/** Source: core/validation, ValidateResourceQuantityValue. */
export function quotaAmountCauses(name: string, quantity: Quantity, field: string): StatusCause[] {
  const text = formatQuantity(quantity);
  const isWhole = quantity.nano % NANO === 0n;
  return [
    ...(quantity.nano < 0n ? [invalid(field, text, 'must be greater than or equal to 0')] : []),
    ...((INTEGERS.has(name) || isExtended(name)) && !isWhole ? [invalid(field, text, 'must be an integer')] : []),
  ];
}
