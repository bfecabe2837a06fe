import { badRequest, type StatusCause } from './errors.ts';
import { forbidden, invalid, invalidEach, required } from './field-errors.ts';
import { parseRequirements, type Requirement, SelectorError } from './label-parser.ts';
import { checkLabelValue, checkQualifiedName } from './validation.ts';

export type Labels = Readonly<Record<string, string>>;

/** A label selector, ready to be asked. */
export interface Selector {
  /** Matches everything. */
  readonly isEmpty: boolean;
  matches(labels: Labels | undefined): boolean;
}

/** metav1.LabelSelector, as objects hold it. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

const EVERYTHING: Selector = { isEmpty: true, matches: () => true };
const NOTHING: Selector = { isEmpty: false, matches: () => false };

/**
 * Reads the query parameter `labelSelector`: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
 * @throws ApiError BadRequest in the words of apimachinery's labels.Parse.
 */
export function parseLabelSelector(text: string): Selector {
  try {
    return selectorOf(parseRequirements(text));
  } catch (err) {
    if (err instanceof SelectorError) throw badRequest(err.message, { cause: err });
    throw err;
  }
}

/**
 * A LabelSelector of an object; empty selects everything and, as in Kubernetes, an absent one nothing.
 * @throws ApiError BadRequest when an operator is none; objects that passed `validateLabelSelector` never do.
 */
export function labelSelectorMatcher(selector: LabelSelector | undefined): Selector {
  if (!selector) return NOTHING;
  const equal = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => ({ key, operator: '=', values: [value] }) as const,
  );
  const rest = (selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator: requirementOperator(operator),
    values: values ?? [],
  }));
  return selectorOf([...equal, ...rest]);
}

/** A plain map (Service.spec.selector): every pair has to be there. Empty or absent selects nothing. */
export function labelMapMatcher(map: Labels | undefined): Selector {
  const pairs = Object.entries(map ?? {});
  if (pairs.length === 0) return NOTHING;
  return { isEmpty: false, matches: (labels = {}) => pairs.every(([key, value]) => labelValue(labels, key) === value) };
}

/** Source: apimachinery, metav1/validation.ValidateLabelSelector. @param path of the selector */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string): StatusCause[] {
  if (!selector) return [];
  const expressions = selector.matchExpressions ?? [];
  return [
    ...validateLabels(selector.matchLabels, `${path}.matchLabels`),
    ...expressions.flatMap((expression, index) => validateExpression(expression, `${path}.matchExpressions[${index}]`)),
  ];
}

/** Keys and values of labels; every cause is of the whole map, as Kubernetes reports it. */
export function validateLabels(labels: Labels | undefined, path: string): StatusCause[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidEach(path, key, checkQualifiedName(key)),
    ...invalidEach(path, value, checkLabelValue(value)),
  ]);
}

function validateExpression(
  { key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number],
  path: string,
): StatusCause[] {
  return [
    ...validateOperator(operator, values, path),
    ...invalidEach(`${path}.key`, key, checkQualifiedName(key)),
    ...values.flatMap((value, index) => invalidEach(`${path}.values[${index}]`, value, checkLabelValue(value))),
  ];
}

function validateOperator(operator: string, values: readonly string[], path: string): StatusCause[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return [];
      return [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalid(`${path}.operator`, operator, 'not a valid selector operator')];
  }
}

function requirementOperator(operator: string): Requirement['operator'] {
  switch (operator) {
    case 'In':
      return 'in';
    case 'NotIn':
      return 'notin';
    case 'Exists':
      return 'exists';
    case 'DoesNotExist':
      return '!';
    default:
      throw badRequest(`"${operator}" is not a valid label selector operator`);
  }
}

function selectorOf(requirements: readonly Requirement[]): Selector {
  if (requirements.length === 0) return EVERYTHING;
  return {
    isEmpty: false,
    matches: (labels = {}) =>
      requirements.every((requirement) => holds(requirement, labelValue(labels, requirement.key))),
  };
}

/** Own keys only: a label may be called `constructor`. */
function labelValue(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[-+]?\d+$/.test(value)) return false;
      const limit = BigInt(values[0] ?? '0');
      return operator === 'gt' ? BigInt(value) > limit : BigInt(value) < limit;
    }
    default:
      return value !== undefined && values.includes(value);
  }
}
