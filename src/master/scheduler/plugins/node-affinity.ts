import type { NodeSelectorRequirement, NodeSelectorTerm } from '../../../api/kinds/pod/parts.ts';
import type { Node, Pod } from '../../../api/types.ts';
import { type FilterPlugin, normalizeByMax, type ScorePlugin, unresolvable } from '../framework.ts';

const REFUSAL = unresolvable("node(s) didn't match Pod's node affinity/selector");
const NOT_NAMED = unresolvable("node(s) didn't satisfy plugin(s) [NodeAffinity]");

/** Every label of spec.nodeSelector is on the node with that value, and one of the terms that node affinity requires matches it. */
export const nodeAffinity: FilterPlugin = {
  name: 'NodeAffinity',
  prepare({ pod }) {
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (!required && Object.keys(pod.spec.nodeSelector ?? {}).length === 0) return undefined;
    const named = namedNodes(required?.nodeSelectorTerms ?? []);
    if (named?.size === 0) return 'pod affinity terms conflict';
    return ({ node, name }) => {
      if (named && !named.has(name)) return NOT_NAMED;
      return matchesNodeAffinity(pod, node) ? undefined : REFUSAL;
    };
  },
};

/** Prefers nodes that node affinity wishes for, by the weights of the wishes that come true. */
export const preferredNodeAffinity: ScorePlugin = {
  name: 'NodeAffinity',
  weight: 2,
  prepare({ pod }) {
    const wishes = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    // A wish without terms is one for every node, and so for none.
    if (wishes.every(({ preference }) => isEmpty(preference))) return undefined;
    return {
      score: ({ node }) =>
        wishes.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0),
      normalize: normalizeByMax,
    };
  },
};

/**
 * The only nodes that can do, when every term names some: the pods of a DaemonSet do so.
 * @returns undefined when there is a term that names none
 */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields.filter(({ operator }) => operator === 'In').map(({ values = [] }) => values);
    const [first, ...others] = lists;
    if (!first) return undefined;
    for (const name of first) if (others.every((list) => list.includes(name))) names.add(name);
  }
  return names;
}

/** Whether what a pod requires of its node's labels and name is so: nodeSelector, and the required node affinity. */
export function matchesNodeAffinity({ spec }: Pick<Pod, 'spec'>, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  if (!Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** All of its requirements hold; of a term that has none, nothing does (component-helpers, nodeaffinity). */
function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  if (isEmpty(term)) return false;
  const { matchExpressions = [], matchFields = [] } = term;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    // Validation lets no other field through.
    matchFields.every((requirement) => holds(requirement, node.metadata.name))
  );
}

function isEmpty({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
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
