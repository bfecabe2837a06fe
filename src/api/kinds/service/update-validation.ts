import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, invalid } from '../../meta/field-errors.ts';
import type { Service } from '../../types.ts';
import { isHeadless, needsHealthCheckNodePort, type ServiceSpec } from './traits.ts';

/**
 * A Service keeps its first address and family for life, unless it becomes or was an ExternalName; a second one comes
 * and goes. Source: core, validation.ValidateServiceUpdate.
 */
export function validateUpdate({ spec }: Service, { spec: old }: Service): StatusCause[] {
  return [
    ...validateAddressChange(spec, old),
    ...validateClassChange(spec, old),
    ...validateHealthCheckChange(spec, old),
  ];
}

function validateAddressChange(spec: ServiceSpec, old: ServiceSpec): StatusCause[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  if (isHeadless(spec) && isHeadless(old)) return [];
  return [
    ...validateListChange(spec, old, 'clusterIPs', { one: 'clusterIP', second: 'cluster IP' }),
    ...validateListChange(spec, old, 'ipFamilies', { one: 'ipFamily', second: 'IP family' }),
  ];
}

function validateListChange(
  spec: ServiceSpec,
  old: ServiceSpec,
  field: 'clusterIPs' | 'ipFamilies',
  { one, second }: { readonly one: string; readonly second: string },
): StatusCause[] {
  const now: readonly string[] = spec[field] ?? [];
  const before: readonly string[] = old[field] ?? [];
  const path = (index: number): string => `spec.${field}[${index}]`;
  if (before.length > 0 && now.length === 0) return [invalid(path(0), now, `primary ${one} can not be unset`)];
  // Of lists of one length every item counts, else the first.
  const compared = now.length === before.length ? before : before.slice(0, 1);
  const isReleased = now.length === 1 && before.length > 1 && spec.ipFamilyPolicy !== 'SingleStack';
  const why = `must be 'SingleStack' to release the secondary ${second}`;
  return [
    ...compared.flatMap((value, index) =>
      now[index] === value ? [] : [invalid(path(index), now, 'may not change once set')],
    ),
    ...(isReleased ? [invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, why)] : []),
  ];
}

function validateClassChange(spec: ServiceSpec, old: ServiceSpec): StatusCause[] {
  const isBoth = spec.type === 'LoadBalancer' && old.type === 'LoadBalancer';
  if (!isBoth || spec.loadBalancerClass === old.loadBalancerClass) return [];
  return [invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')];
}

/** Load balancers ask there, so it stays; who had none yet is being given one by admission. Source: core/v1, ServiceSpec.healthCheckNodePort. */
function validateHealthCheckChange(spec: ServiceSpec, old: ServiceSpec): StatusCause[] {
  if (!needsHealthCheckNodePort(spec) || !needsHealthCheckNodePort(old)) return [];
  if (!old.healthCheckNodePort || spec.healthCheckNodePort === old.healthCheckNodePort) return [];
  return [forbidden('spec.healthCheckNodePort', 'field is immutable')];
}
