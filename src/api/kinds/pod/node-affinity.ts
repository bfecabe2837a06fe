import type { Node, Pod } from '../../types.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm } from './parts.ts';

/** Whether what a pod requires of its node's labels and name is so: nodeSelector, and the required node affinity. */
export function matchesNodeAffinity({ spec }: Pick<Pod, 'spec'>, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** All of its requirements hold; of a term that has none, nothing does (component-helpers, nodeaffinity). */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  if (isEmptyTerm(term)) return false;
  const { matchExpressions = [], matchFields = [] } = term;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    // Validation lets no other field through.
    matchFields.every((requirement) => holds(requirement, node.metadata.name))
  );
}

/** It matches nothing. */
export function isEmptyTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
  return matchExpressions.length + matchFields.length === 0;
}

/** @param actual undefined where the node has no such label */
function holds({ operator, values = [] }: NodeSelectorRequirement, actual: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return actual !== undefined && values.includes(actual);
    case 'NotIn':
      return actual === undefined || !values.includes(actual);
    case 'Exists':
      return actual !== undefined;
    case 'DoesNotExist':
      return actual === undefined;
    case 'Gt':
      return compareIntegers(actual, values[0]) > 0;
    case 'Lt':
      return compareIntegers(actual, values[0]) < 0;
    default:
      return false;
  }
}

/** @returns NaN, which is neither more nor less, unless both are whole numbers */
function compareIntegers(actual: string | undefined, wanted: string | undefined): number {
  const isInteger = (text: string | undefined) => /^[+-]?\d+$/.test(text ?? '');
  return isInteger(actual) && isInteger(wanted) ? Number(actual) - Number(wanted) : Number.NaN;
}
