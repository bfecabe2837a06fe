import type { StatusCause } from '../meta/errors.ts';
import { forbidden, invalid, invalidEach, notSupported } from '../meta/field-errors.ts';
import { checkQualifiedName } from '../meta/validation.ts';
import type { KindDefinition } from '../registry.ts';
import type { Lease } from '../types.ts';
import { AGE, NAME } from './columns.ts';

const ELECTIONS = ['OldestEmulationVersion'];

export const LEASE: KindDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  hasStatus: false,
  hasGeneration: false,
  durability: 'memory',
  columns: [
    NAME,
    {
      name: 'Holder',
      type: 'string',
      description: 'Identity of the current holder.',
      priority: 0,
      cell: ({ spec }) => spec?.holderIdentity ?? '',
    },
    AGE,
  ],
  strategy: {
    setDefaults(lease) {
      lease.spec ??= {};
    },
    validate: ({ spec = {} }) => validateSpec(spec),
  },
};

function validateSpec(spec: NonNullable<Lease['spec']>): StatusCause[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions, strategy, preferredHolder } = spec;
  return [
    ...(duration !== undefined && duration <= 0
      ? [invalid('spec.leaseDurationSeconds', duration, 'must be greater than 0')]
      : []),
    ...(transitions !== undefined && transitions < 0
      ? [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')]
      : []),
    ...(strategy === undefined ? [] : validateElection(strategy)),
    ...(preferredHolder && !strategy
      ? [forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined')]
      : []),
  ];
}

/** Names without a domain are Kubernetes' own, of which there is one; the doubled path is its own, too. */
function validateElection(strategy: string): StatusCause[] {
  const path = 'spec.strategy.strategy';
  if (strategy.includes('/')) return invalidEach(path, strategy, checkQualifiedName(strategy));
  return ELECTIONS.includes(strategy) ? [] : [notSupported(path, strategy, ELECTIONS)];
}
