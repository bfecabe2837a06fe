import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { immutable, invalid, required } from '../../meta/field-errors.ts';
import { tryParseQuantity } from '../../meta/quantity.ts';
import type { ResourceQuota } from '../../types.ts';
import { isStandardQuotaResource, POD_COMPUTE, quotaAmountCauses, quotaResourceCauses } from './resource-names.ts';

type Spec = ResourceQuota['spec'];
type Amounts = Spec['hard'];
type ScopeSelector = NonNullable<Spec['scopeSelector']>;
type Requirement = NonNullable<ScopeSelector['matchExpressions']>[number];

/** Of each scope, the resources that it can be a part of. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: ['pods', ...POD_COMPUTE],
  NotTerminating: ['pods', ...POD_COMPUTE],
  BestEffort: ['pods'],
  NotBestEffort: ['pods', ...POD_COMPUTE],
  PriorityClass: ['pods', ...POD_COMPUTE],
  CrossNamespacePodAffinity: ['pods', ...POD_COMPUTE],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
};
const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
/** Scopes that a pod is in or is not: there are no values of them. */
const WITHOUT_VALUES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'];

/** Source: core/validation, ValidateResourceQuotaSpec. */
export function validateResourceQuota({ spec }: ResourceQuota): StatusCause[] {
  return [...amountsCauses(spec.hard, 'spec.hard'), ...scopeCauses(spec), ...selectorCauses(spec)];
}

export function validateResourceQuotaUpdate({ spec }: ResourceQuota, old: ResourceQuota): StatusCause[] {
  const set = ({ scopes = [] }: Spec) => [...new Set(scopes)].sort();
  return isDeepStrictEqual(set(spec), set(old.spec)) ? [] : [immutable('spec.scopes', spec.scopes)];
}

export function validateResourceQuotaStatus({ status = {} }: ResourceQuota): StatusCause[] {
  return [...amountsCauses(status.hard, 'status.hard'), ...amountsCauses(status.used, 'status.used')];
}

function amountsCauses(amounts: Amounts, field: string): StatusCause[] {
  return Object.entries(amounts ?? {}).flatMap(([name, value]) => {
    const quantity = tryParseQuantity(value);
    const path = `${field}[${name}]`;
    return [...quotaResourceCauses(name, path), ...(quantity ? quotaAmountCauses(name, quantity, path) : [])];
  });
}

function scopeCauses({ scopes = [], hard }: Spec): StatusCause[] {
  const wrong = (text: string) => invalid('spec.scopes', scopes, text);
  return [
    ...scopes.flatMap((scope) => [
      ...(Object.hasOwn(SCOPES, scope) ? [] : [wrong('unsupported scope')]),
      ...unfitResources(scope, hard).map(() => wrong('unsupported scope applied to resource')),
    ]),
    ...conflictsAmong(scopes).map(() => wrong('conflicting scopes')),
  ];
}

/** What the quota limits that the scope cannot be a part of. */
function unfitResources(scope: string, hard: Amounts): string[] {
  const fit = (Object.hasOwn(SCOPES, scope) && SCOPES[scope]) || [];
  return Object.keys(hard ?? {}).filter((name) => isStandardQuotaResource(name) && !fit.includes(name));
}

function conflictsAmong(scopes: readonly string[]): string[][] {
  return CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope)));
}

function selectorCauses({ scopeSelector, hard }: Spec): StatusCause[] {
  if (!scopeSelector) return [];
  const field = 'spec.scopeSelector.matchExpressions';
  const requirements = scopeSelector.matchExpressions ?? [];
  return [
    ...requirements.flatMap((requirement) => [
      ...(Object.hasOwn(SCOPES, requirement.scopeName)
        ? []
        : [invalid(`${field}.scopeName`, requirement.scopeName, 'unsupported scope')]),
      ...unfitResources(requirement.scopeName, hard).map(() =>
        invalid(field, scopeSelector, 'unsupported scope applied to resource'),
      ),
      ...requirementCauses(requirement, field),
    ]),
    ...conflictsAmong(requirements.map(({ scopeName }) => scopeName)).map(() =>
      invalid(field, scopeSelector, 'conflicting scopes'),
    ),
  ];
}

/** Kubernetes says `Exist` here. */
function requirementCauses({ scopeName, operator, values = [] }: Requirement, field: string): StatusCause[] {
  const onlyExists =
    "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
  const causes =
    WITHOUT_VALUES.includes(scopeName) && operator !== 'Exists'
      ? [invalid(`${field}.operator`, operator, onlyExists)]
      : [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return causes;
      return [
        ...causes,
        required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"),
      ];
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length === 0) return causes;
      const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
      return [...causes, invalid(`${field}.values`, values, text)];
    }
    default:
      return [...causes, invalid(`${field}.operator`, operator, 'not a valid selector operator')];
  }
}
