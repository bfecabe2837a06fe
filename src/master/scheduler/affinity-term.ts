import type { PodAffinityTerm } from '../../api/kinds/pod/parts.ts';
import { type Labels, labelSelectorMatcher, type Selector } from '../../api/meta/labels.ts';
import type { Pod } from '../../api/types.ts';
import type { ClusterView } from './framework.ts';

/** One term of pod affinity or anti-affinity, ready to be asked. */
export interface AffinityTerm {
  readonly topologyKey: string;
  /** 1 to 100 of a preferred term, else 1. */
  readonly weight: number;
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
}

/** @param owner whose namespace is meant where the term names none */
export function affinityTerm(term: PodAffinityTerm, owner: Pod, weight = 1): AffinityTerm {
  const { namespaces = [], namespaceSelector } = term;
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  return {
    topologyKey: term.topologyKey,
    weight,
    namespaces: new Set(isOwn ? [owner.metadata.namespace ?? ''] : namespaces),
    namespaceSelector: labelSelectorMatcher(namespaceSelector),
    selector: labelSelectorMatcher(term.labelSelector),
  };
}

export function termMatches(
  term: AffinityTerm,
  { metadata }: Pod,
  { namespaceLabels }: { readonly namespaceLabels: (namespace: string) => Labels },
): boolean {
  const namespace = metadata.namespace ?? '';
  const isInNamespace = term.namespaces.has(namespace) || term.namespaceSelector.matches(namespaceLabels(namespace));
  return isInNamespace && term.selector.matches(metadata.labels);
}

/** What termMatches asks of the cluster. */
export function namespacesOf(view: ClusterView): { readonly namespaceLabels: (namespace: string) => Labels } {
  return { namespaceLabels: (namespace) => view.namespaceLabels(namespace) };
}
