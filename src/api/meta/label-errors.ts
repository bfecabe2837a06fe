import type { IIoK8sApimachineryPkgApisMetaV1LabelSelector as LabelSelector } from '@kubernetes-models/apimachinery/apis/meta/v1/LabelSelector';
import type { StatusCause } from './errors.ts';
import { forbidden, invalid, invalidEach, ofEach, required } from './field-errors.ts';
import { checkLabelValue, checkQualifiedName } from './validation.ts';

/** Keys and values of labels (or of a nodeSelector); all causes carry the map's own path (metav1/validation). */
export function labelCauses(labels: Readonly<Record<string, string>> | undefined, field: string): StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidEach(field, key, checkQualifiedName(key)),
    ...invalidEach(field, value, checkLabelValue(value)),
  ]);
}

/** A LabelSelector object: labels, operators, and values where the operator wants them. */
export function labelSelectorCauses(selector: LabelSelector | undefined, field: string): StatusCause[] {
  if (!selector) return [];
  return [
    ...labelCauses(selector.matchLabels, `${field}.matchLabels`),
    ...ofEach(selector.matchExpressions, `${field}.matchExpressions`, (expression, path) => [
      ...operatorCauses(expression.operator, expression.values ?? [], path),
      ...invalidEach(`${path}.key`, expression.key, checkQualifiedName(expression.key ?? '')),
      ...ofEach(expression.values, `${path}.values`, (value, at) => invalidEach(at, value, checkLabelValue(value))),
    ]),
  ];
}

function operatorCauses(operator: string, values: readonly string[], field: string): StatusCause[] {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return [];
    return [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return [];
    return [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  }
  return [invalid(`${field}.operator`, operator, 'not a valid selector operator')];
}
