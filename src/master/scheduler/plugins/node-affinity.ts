import { isEmptyTerm, matchesNodeAffinity, matchesTerm } from '../../../api/kinds/pod/node-affinity.ts';
import type { NodeSelectorTerm } from '../../../api/kinds/pod/parts.ts';
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
    if (wishes.every(({ preference }) => isEmptyTerm(preference))) return undefined;
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
