import type { StatusCause } from '../meta/errors.ts';
import { immutable, invalid, invalidEach, ofEach, required } from '../meta/field-errors.ts';
import { checkCanonicalCidr, ipFamilyOf } from '../meta/ip-address.ts';
import type { KindDefinition } from '../registry.ts';
import type { ServiceCIDR } from '../types.ts';
import { AGE, NAME } from './columns.ts';
import { text } from './workload/columns.ts';
import { givenSpec } from './workload/template.ts';

const PATH = 'spec.cidrs';

/** A range that Services get their addresses from. */
export const SERVICE_CIDR: KindDefinition<ServiceCIDR> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  singular: 'servicecidr',
  namespaced: false,
  hasStatus: true,
  hasGeneration: false,
  columns: [NAME, text('CIDRs', 'The ranges, one of each family.', ({ spec }) => (spec.cidrs ?? []).join(',')), AGE],
  strategy: {
    setDefaults: (cidr) => void givenSpec(cidr),
    validate,
    validateUpdate,
    warnings: ({ spec }) =>
      (spec.cidrs ?? []).flatMap((cidr, index) =>
        ipFamilyOf(cidr) === 'IPv6'
          ? [`${PATH}[${index}]: IPv6 is accepted but not acted on by this version of Bramble`]
          : [],
      ),
  },
};

/** New Services may get addresses of it. A range that nobody has judged yet counts as ready, as in Kubernetes. */
export function isReadyCidr({ metadata, status }: ServiceCIDR): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return !metadata.deletionTimestamp && (ready === undefined || ready.status === 'True');
}

/** Source: networking/validation, validateServiceCIDRSpec. */
function validate({ spec }: ServiceCIDR): StatusCause[] {
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [required(PATH, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(PATH, spec, 'may only hold up to 2 values')];
  const [first, second] = cidrs.map(ipFamilyOf);
  const isRepeated = second !== undefined && first === second;
  const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
  return [
    ...ofEach(cidrs, PATH, (cidr, field) => invalidEach(field, cidr, checkCanonicalCidr(cidr))),
    ...(isRepeated ? [invalid(PATH, cidrs, why)] : []),
  ];
}

/** A range stays what it is; one of the other family may come beside it. */
function validateUpdate(
  { spec: { cidrs = [] } }: ServiceCIDR,
  { spec: { cidrs: old = [] } }: ServiceCIDR,
): StatusCause[] {
  const isGrown = old.length === 1 && cidrs.length === 2;
  if (cidrs.length !== old.length && !isGrown) return [immutable(PATH, cidrs)];
  return old.flatMap((cidr, index) => (cidr === cidrs[index] ? [] : [immutable(`${PATH}[${index}]`, cidrs[index])]));
}
