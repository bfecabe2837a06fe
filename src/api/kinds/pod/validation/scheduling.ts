import type { StatusCause } from '../../../meta/errors.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  ofEach,
  required,
} from '../../../meta/field-errors.ts';
import { validateLabelSelector } from '../../../meta/labels.ts';
import { checkLabelValue, checkQualifiedName } from '../../../meta/validation.ts';
import type { PodSpec, Toleration } from '../../../types.ts';
import type { TopologySpreadConstraint } from '../parts.ts';
import { oneOfIfSet } from './values.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function tolerationCauses(tolerations: readonly Toleration[] | undefined, field: string): StatusCause[] {
  return ofEach(tolerations, field, (toleration, path) => {
    const { key, operator, effect, tolerationSeconds } = toleration;
    const causes: StatusCause[] = [];
    if (key) causes.push(...invalidEach(`${path}.key`, key, checkQualifiedName(key)));
    else if (operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      causes.push(invalid(`${path}.operator`, operator ?? '', text));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      causes.push(
        invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      );
    }
    causes.push(...operatorCauses(toleration, `${path}.operator`));
    return [...causes, ...(effect ? oneOfIfSet(effect, `${path}.effect`, EFFECTS) : [])];
  });
}

function operatorCauses({ operator, value = '' }: Toleration, field: string): StatusCause[] {
  if (operator === undefined || operator === 'Equal') {
    const wrong = checkLabelValue(value);
    return wrong.length > 0 ? [invalid(field, value, wrong.join(';'))] : [];
  }
  if (operator === 'Exists') {
    return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")];
  }
  return [notSupported(field, operator, ['Equal', 'Exists'])];
}

export function gateCauses(gates: PodSpec['schedulingGates'], field: string): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(gates, field, ({ name }, path) => {
    const causes = invalidEach(path, name, checkQualifiedName(name));
    if (seen.has(name)) causes.push(duplicate(path, name));
    seen.add(name);
    return causes;
  });
}

export function readinessGateCauses(gates: PodSpec['readinessGates'], field: string): StatusCause[] {
  return ofEach(gates, field, ({ conditionType }, path) =>
    invalidEach(`${path}.conditionType`, conditionType, checkQualifiedName(conditionType)),
  );
}

export function topologySpreadCauses(
  constraints: readonly TopologySpreadConstraint[] | undefined,
  field: string,
): StatusCause[] {
  return ofEach(constraints, field, (constraint, path, index) => {
    const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint;
    const isRepeated = constraints
      ?.slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable);
    return [
      ...((maxSkew ?? 0) > 0 ? [] : [invalid(`${path}.maxSkew`, maxSkew ?? 0, 'must be greater than zero')]),
      ...(topologyKey ? [] : [required(`${path}.topologyKey`, 'can not be empty')]),
      ...oneOfIfSet(whenUnsatisfiable ?? '', `${path}.whenUnsatisfiable`, ['DoNotSchedule', 'ScheduleAnyway']),
      ...(isRepeated
        ? [duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`)]
        : []),
      ...minDomainCauses(constraint, `${path}.minDomains`),
      ...oneOfIfSet(constraint.nodeAffinityPolicy, `${path}.nodeAffinityPolicy`, ['Honor', 'Ignore']),
      ...oneOfIfSet(constraint.nodeTaintsPolicy, `${path}.nodeTaintsPolicy`, ['Honor', 'Ignore']),
      ...matchKeyCauses(constraint, `${path}.matchLabelKeys`),
      ...validateLabelSelector(labelSelector, `${path}.labelSelector`),
    ];
  });
}

function minDomainCauses({ minDomains, whenUnsatisfiable }: TopologySpreadConstraint, field: string): StatusCause[] {
  if (minDomains === undefined) return [];
  const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
  return [
    ...(minDomains > 0 ? [] : [invalid(field, minDomains, 'must be greater than zero')]),
    ...(whenUnsatisfiable === 'DoNotSchedule' ? [] : [invalid(field, minDomains, text)]),
  ];
}

function matchKeyCauses({ matchLabelKeys, labelSelector }: TopologySpreadConstraint, field: string): StatusCause[] {
  if (!matchLabelKeys?.length) return [];
  const selected = new Set([
    ...Object.keys(labelSelector?.matchLabels ?? {}),
    ...(labelSelector?.matchExpressions ?? []).map(({ key }) => key),
  ]);
  return [
    ...(labelSelector ? [] : [forbidden(field, 'must not be specified when labelSelector is not set')]),
    ...ofEach(matchLabelKeys, field, (key, path) => [
      ...invalidEach(path, key, checkQualifiedName(key)),
      ...(selected.has(key) ? [invalid(path, key, 'exists in both matchLabelKeys and labelSelector')] : []),
    ]),
  ];
}
