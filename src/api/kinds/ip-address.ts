import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../meta/errors.ts';
import { immutable, invalidEach, required } from '../meta/field-errors.ts';
import { checkCanonicalIp, ipFamilyOf } from '../meta/ip-address.ts';
import { checkDns1123Subdomain, checkPathSegmentName } from '../meta/validation.ts';
import type { KindDefinition, ObjectKey } from '../registry.ts';
import type { IPAddress } from '../types.ts';
import { NAME } from './columns.ts';
import { IP_ALLOCATOR, IP_FAMILY_LABEL, IP_MANAGED_BY_LABEL } from './service-cidr/names.ts';
import { text } from './workload/columns.ts';
import { givenSpec } from './workload/template.ts';

/** An address that is given out, named by it: that there is one of a name makes it nobody else's. */
export const IP_ADDRESS: KindDefinition<IPAddress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  singular: 'ipaddress',
  shortNames: ['ip'],
  namespaced: false,
  hasStatus: false,
  hasGeneration: false,
  columns: [NAME, text('ParentRef', 'Who has the address.', parentText)],
  strategy: {
    setDefaults: (address) => void givenSpec(address),
    validate,
    validateUpdate: ({ spec }, old) =>
      isDeepStrictEqual(spec.parentRef, old.spec.parentRef) ? [] : [immutable('spec.parentRef', spec.parentRef)],
    validateName: checkCanonicalIp,
  },
};

/** What the allocator writes for a Service's address. */
export function ipAddressOf(ip: string, { namespace, name }: ObjectKey): IPAddress {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: ip,
      labels: { [IP_FAMILY_LABEL]: ipFamilyOf(ip) ?? 'IPv4', [IP_MANAGED_BY_LABEL]: IP_ALLOCATOR },
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
}

/** Whether the cluster's own allocator wrote it: whatever others write is theirs. */
export function isAllocators({ metadata }: IPAddress): boolean {
  return metadata.labels?.[IP_MANAGED_BY_LABEL] === IP_ALLOCATOR;
}

/** The Service that has the address; undefined where it is something else's. */
export function serviceOf({ spec: { parentRef } }: IPAddress): ObjectKey | undefined {
  if (parentRef?.group || parentRef?.resource !== 'services') return undefined;
  return { namespace: parentRef.namespace ?? '', name: parentRef.name };
}

/** `services/default/kubernetes` */
function parentText({ spec: { parentRef } }: IPAddress): string {
  if (!parentRef) return '<none>';
  const { group, resource, namespace, name } = parentRef;
  return [group ? `${resource}.${group}` : resource, ...(namespace ? [namespace] : []), name].join('/');
}

/** Source: networking/validation, ValidateIPAddress. */
function validate({ spec: { parentRef } }: IPAddress): StatusCause[] {
  const path = 'spec.parentRef';
  if (!parentRef) return [required(path)];
  const { group, resource, namespace, name } = parentRef;
  const segment = (value: string | undefined, field: string) =>
    value ? invalidEach(field, value, checkPathSegmentName(value)) : [];
  return [
    ...(group ? invalidEach(`${path}.group`, group, checkDns1123Subdomain(group)) : []),
    ...(resource ? segment(resource, `${path}.resource`) : [required(`${path}.resource`)]),
    ...(name ? segment(name, `${path}.name`) : [required(`${path}.name`)]),
    ...segment(namespace, `${path}.namespace`),
  ];
}
