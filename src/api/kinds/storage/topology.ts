import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, invalidEach, ofEach, required } from '../../meta/field-errors.ts';
import { checkQualifiedName } from '../../meta/validation.ts';
import type { Node, StorageClass } from '../../types.ts';

type Term = NonNullable<StorageClass['allowedTopologies']>[number];
type Expression = NonNullable<Term['matchLabelExpressions']>[number];

/**
 * Whether volumes of this class may be made for that node: all of one of the terms is so; of a term without expressions nothing is.
 * Source: component-helpers, MatchTopologySelectorTerms.
 */
export function isAllowedOn({ allowedTopologies: terms = [] }: StorageClass, { metadata }: Node): boolean {
  const { labels = {} } = metadata;
  const holds = ({ key, values }: Expression) => labels[key] !== undefined && values.includes(labels[key]);
  return terms.length === 0 || terms.some(({ matchLabelExpressions: all = [] }) => all.length > 0 && all.every(holds));
}

/** Source: storage/validation, validateAllowedTopologies, which takes a term without expressions for a repeated one. */
export function topologyCauses(terms: readonly Term[] | undefined, field: string): StatusCause[] {
  const seen: ReadonlyMap<string, ReadonlySet<string>>[] = [new Map()];
  return ofEach(terms, field, ({ matchLabelExpressions: all = [] }, path) => {
    const at = `${path}.matchLabelExpressions`;
    const content = new Map(all.map(({ key, values }) => [key, new Set(values)]));
    const isRepeated = seen.some((other) => isDeepStrictEqual(other, content));
    seen.push(content);
    return [
      ...ofEach(all, at, (expression, place, index) => [
        ...expressionCauses(expression, place),
        ...(all.findIndex(({ key }) => key === expression.key) < index
          ? [duplicate(`${place}.key`, expression.key)]
          : []),
      ]),
      ...(isRepeated ? [duplicate(at, '')] : []),
    ];
  });
}

/** Source: core/validation, validateTopologySelectorLabelRequirement. */
function expressionCauses({ key, values = [] }: Expression, field: string): StatusCause[] {
  const at = `${field}.values`;
  return [
    ...(values.length === 0 ? [required(at)] : []),
    ...ofEach(values, at, (value, path, index) => (values.indexOf(value) < index ? [duplicate(path, value)] : [])),
    ...invalidEach(`${field}.key`, key, checkQualifiedName(key ?? '')),
  ];
}
