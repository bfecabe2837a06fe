import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, invalidEach, ofEach, required } from '../../../meta/field-errors.ts';
import { validateLabelSelector } from '../../../meta/labels.ts';
import {
  checkDns1123Label,
  checkDns1123Subdomain,
  checkLabelValue,
  checkQualifiedName,
} from '../../../meta/validation.ts';
import type {
  Affinity,
  NodeAffinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
} from '../parts.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';
const NOT_AN_OPERATOR = 'not a valid selector operator';

export function affinityCauses(affinity: Affinity | undefined, field: string): StatusCause[] {
  return [
    ...nodeAffinityCauses(affinity?.nodeAffinity, `${field}.nodeAffinity`),
    ...podAffinityCauses(affinity?.podAffinity, `${field}.podAffinity`),
    ...podAffinityCauses(affinity?.podAntiAffinity, `${field}.podAntiAffinity`),
  ];
}

function nodeAffinityCauses(affinity: NodeAffinity | undefined, field: string): StatusCause[] {
  const must = affinity?.[REQUIRED];
  const terms = `${field}.${REQUIRED}.nodeSelectorTerms`;
  return [
    ...(must && !must.nodeSelectorTerms?.length ? [required(terms, 'must have at least one node selector term')] : []),
    ...ofEach(must?.nodeSelectorTerms, terms, (term, path) => nodeTermCauses(term, path, true)),
    ...ofEach(affinity?.[PREFERRED], `${field}.${PREFERRED}`, ({ weight, preference }, path) => [
      ...weightCauses(weight, `${path}.weight`),
      // A label that no node can have is only a wish that never comes true.
      ...nodeTermCauses(preference ?? {}, `${path}.preference`, false),
    ]),
  ];
}

export function nodeTermCauses(term: NodeSelectorTerm, field: string, isStrict: boolean): StatusCause[] {
  return [
    ...ofEach(term.matchExpressions, `${field}.matchExpressions`, (item, path) =>
      labelTermCauses(item, path, isStrict),
    ),
    ...ofEach(term.matchFields, `${field}.matchFields`, fieldTermCauses),
  ];
}

function labelTermCauses(item: NodeSelectorRequirement, field: string, isStrict: boolean): StatusCause[] {
  const { key, operator, values = [] } = item;
  return [
    ...valueCountCauses(operator, values.length, field),
    ...invalidEach(`${field}.key`, key, checkQualifiedName(key ?? '')),
    ...(isStrict
      ? ofEach(values, `${field}.values`, (value, path) => invalidEach(path, value, checkLabelValue(value)))
      : []),
  ];
}

function valueCountCauses(operator: string, count: number, field: string): StatusCause[] {
  const at = `${field}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      return count > 0 ? [] : [required(at, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      return count === 0 ? [] : [forbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    case 'Gt':
    case 'Lt':
      return count === 1 ? [] : [required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return [invalid(`${field}.operator`, operator, NOT_AN_OPERATOR)];
  }
}

/** Of a node's fields only the name can be asked for. */
function fieldTermCauses({ key, operator, values = [] }: NodeSelectorRequirement, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (operator !== 'In' && operator !== 'NotIn') causes.push(invalid(`${field}.operator`, operator, NOT_AN_OPERATOR));
  else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    causes.push(required(`${field}.values`, text));
  }
  if (key !== 'metadata.name') return [...causes, invalid(`${field}.key`, key, 'not a valid field selector key')];
  return [
    ...causes,
    ...ofEach(values, `${field}.values`, (value, path) => invalidEach(path, value, checkDns1123Subdomain(value))),
  ];
}

function podAffinityCauses(affinity: PodAffinity | undefined, field: string): StatusCause[] {
  return [
    ...ofEach(affinity?.[REQUIRED], `${field}.${REQUIRED}`, podTermCauses),
    ...ofEach(affinity?.[PREFERRED], `${field}.${PREFERRED}`, ({ weight, podAffinityTerm }, path) => [
      ...weightCauses(weight, `${path}.weight`),
      ...podTermCauses(podAffinityTerm, `${path}.podAffinityTerm`),
    ]),
  ];
}

function podTermCauses(term: PodAffinityTerm, field: string): StatusCause[] {
  const { topologyKey, labelSelector, namespaceSelector, namespaces } = term;
  return [
    ...validateLabelSelector(labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(namespaces ?? []).flatMap((name) => invalidEach(`${field}.namespace`, name, checkDns1123Label(name))),
    ...matchKeyCauses(term, field),
    ...(topologyKey ? [] : [required(`${field}.topologyKey`, 'can not be empty')]),
    ...invalidEach(`${field}.topologyKey`, topologyKey, checkQualifiedName(topologyKey ?? '')),
  ];
}

function matchKeyCauses(term: PodAffinityTerm, field: string): StatusCause[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term;
  const lists = Object.entries({ matchLabelKeys, mismatchLabelKeys });
  return [
    ...lists.flatMap(([name, keys]) => {
      const path = `${field}.${name}`;
      if (keys.length > 0 && !labelSelector) {
        return [forbidden(path, 'must not be specified when labelSelector is not set')];
      }
      return ofEach(keys, path, (key, at) => invalidEach(at, key, checkQualifiedName(key)));
    }),
    ...ofEach(matchLabelKeys, `${field}.matchLabelKeys`, (key, path) =>
      mismatchLabelKeys.includes(key)
        ? [invalid(path, key, 'exists in both matchLabelKeys and mismatchLabelKeys')]
        : [],
    ),
  ];
}

function weightCauses(weight: number, field: string): StatusCause[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(field, weight ?? 0, 'must be in the range 1-100')];
}
