import type { StatusCause } from '../../meta/errors.ts';
import { invalid, required } from '../../meta/field-errors.ts';
import { type LabelSelector, type Labels, labelSelectorMatcher, validateLabelSelector } from '../../meta/labels.ts';
import type { PodTemplateSpec } from '../../types.ts';

/**
 * A selector in the form of `kubectl get -l`, sorted by key; '' for one that is absent or selects everything.
 * Source: apimachinery, labels.Selector.String.
 */
export function selectorText(selector: LabelSelector | undefined): string {
  const equal = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const rest = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
    key,
    text: requirementText(key, operator, values),
  }));
  const terms = [...equal, ...rest].toSorted((a, b) => compare(a.key, b.key));
  return terms.map(({ text }) => text).join(',');
}

/** A plain map (labels, a node selector) in the same form. */
export function labelsText(labels: Labels | undefined): string {
  return selectorText({ matchLabels: labels ?? {} });
}

function requirementText(key: string, operator: string, values: readonly string[]): string {
  const list = values.toSorted(compare).join(',');
  switch (operator) {
    case 'In':
      return `${key} in (${list})`;
    case 'NotIn':
      return `${key} notin (${list})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A selector that has to be there. @param kind as the message says it: `deployment` (which ReplicaSets say, too) */
export function validateSelector(selector: LabelSelector | undefined, path: string, kind: string): StatusCause[] {
  if (!selector) return [required(path)];
  return [...validateLabelSelector(selector, path), ...validateNotEmpty(selector, path, kind)];
}

/** Everything in a namespace is nobody's to own. */
export function validateNotEmpty(selector: LabelSelector | undefined, path: string, kind: string): StatusCause[] {
  if (!selector) return [];
  const count = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  return count > 0 ? [] : [invalid(path, selector, `empty selector is invalid for ${kind}`)];
}

/**
 * What a workload makes it has to select, or it would make it again and again. An absent selector selects nothing, and is
 * complained about here as well; an empty one everything. Of a selector that is no selector only that is said.
 */
export function validateSelects(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec,
  path: string,
): StatusCause[] {
  const labels = template.metadata?.labels;
  if (validateLabelSelector(selector, '').length > 0 || labelSelectorMatcher(selector).matches(labels)) return [];
  return [invalid(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`')];
}
