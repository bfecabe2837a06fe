import type { StatusCause } from '../../meta/errors.ts';
import { forbidden, invalid, invalidEach, notSupported, required } from '../../meta/field-errors.ts';
import { checkDns1123Label } from '../../meta/validation.ts';
import type { StatefulSet } from '../../types.ts';
import { isSame } from '../pod/validation/difference.ts';
import { validateNonNegative } from '../workload/counts.ts';
import { isZero, validateAtMost100Percent, validateIntOrPercent } from '../workload/int-or-percent.ts';
import { validateSelector, validateSelects } from '../workload/selector.ts';
import { validateReplaceable, validateTemplate } from '../workload/template.ts';
import { validateClaims, withClaims } from './claim-templates.ts';

type Spec = StatefulSet['spec'];
type Strategy = NonNullable<Spec['updateStrategy']>;

const MANAGEMENT_POLICIES = ['OrderedReady', 'Parallel'];
const RETENTION_POLICIES = ['Retain', 'Delete'];
const CHANGEABLE: readonly (keyof Spec)[] = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** Of a spec that has its defaults. Source: apps/validation, ValidateStatefulSetSpec. */
export function validateStatefulSetSpec(spec: Spec): StatusCause[] {
  const { selector, template, serviceName, volumeClaimTemplates: claims } = spec;
  return [
    ...validateManagementPolicy(spec.podManagementPolicy),
    ...validateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy'),
    ...validateRetention(spec.persistentVolumeClaimRetentionPolicy, 'spec.persistentVolumeClaimRetentionPolicy'),
    ...validateNonNegative(spec, 'spec', ['replicas', 'minReadySeconds', 'revisionHistoryLimit']),
    ...validateNonNegative(spec.ordinals, 'spec.ordinals', ['start']),
    ...(serviceName ? invalidEach('spec.serviceName', serviceName, checkDns1123Label(serviceName)) : []),
    ...validateSelector(selector, 'spec.selector', 'statefulset'),
    ...validateSelects(selector, template, 'spec.template'),
    ...validateTemplate({ ...template, spec: withClaims(template.spec, claims) }, 'spec.template'),
    ...validateReplaceable(template, 'spec.template', 'StatefulSet'),
    ...validateClaims(claims, 'spec.volumeClaimTemplates'),
  ];
}

/** All but a few fields are for life. */
export function validateStatefulSetUpdate(spec: Spec, old: Spec): StatusCause[] {
  if (isSame(fixedPart(spec), fixedPart(old))) return [];
  const names = CHANGEABLE.map((name) => `'${name}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return [forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)];
}

function fixedPart(spec: Spec): Record<string, unknown> {
  const changeable: readonly string[] = CHANGEABLE;
  return Object.fromEntries(Object.entries(spec).filter(([name]) => !changeable.includes(name)));
}

function validateManagementPolicy(policy: string | undefined): StatusCause[] {
  const path = 'spec.podManagementPolicy';
  if (!policy) return [required(path)];
  return MANAGEMENT_POLICIES.includes(policy) ? [] : [invalid(path, policy, "must be 'OrderedReady' or 'Parallel'")];
}

function validateStrategy(strategy: Strategy, path: string): StatusCause[] {
  const { type, rollingUpdate } = strategy;
  switch (type) {
    case 'OnDelete':
      if (!rollingUpdate) return [];
      return [invalid(`${path}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")];
    case 'RollingUpdate':
      return validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`);
    case undefined:
      return [required(path)];
    default:
      return [invalid(path, strategy, "must be 'RollingUpdate' or 'OnDelete'")];
  }
}

function validateRollingUpdate(rollingUpdate: Strategy['rollingUpdate'], path: string): StatusCause[] {
  const maxUnavailable = rollingUpdate?.maxUnavailable;
  const at = `${path}.maxUnavailable`;
  return [
    ...validateNonNegative(rollingUpdate, path, ['partition']),
    ...(maxUnavailable === undefined
      ? []
      : [
          ...validateIntOrPercent(maxUnavailable, at),
          ...(isZero(maxUnavailable) ? [invalid(at, maxUnavailable, 'cannot be 0')] : []),
          ...validateAtMost100Percent(maxUnavailable, at),
        ]),
  ];
}

function validateRetention(policy: Spec['persistentVolumeClaimRetentionPolicy'], path: string): StatusCause[] {
  return (['whenDeleted', 'whenScaled'] as const).flatMap((when) => {
    const value = policy?.[when];
    return value === undefined || RETENTION_POLICIES.includes(value)
      ? []
      : [notSupported(`${path}.${when}`, value, RETENTION_POLICIES)];
  });
}
