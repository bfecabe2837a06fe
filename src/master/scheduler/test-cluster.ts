import { type Labels, labelMapMatcher } from '../../api/meta/labels.ts';
import type { Node, Pod } from '../../api/types.ts';
import { normalizedImage } from '../../lib/images/reference.ts';
import { ClusterState } from './cluster-state.ts';
import { type Outcome, schedule } from './cycle.ts';
import type { ScorePlugin } from './framework.ts';
import { podInfo } from './pod-info.ts';
import type { StorageView } from './volumes/storage-view.ts';

/** A cluster for tests: what is there, and what is known beside it. */
export function clusterOf(options: {
  readonly nodes: readonly Node[];
  /** Pods with a node. */
  readonly pods?: readonly Pod[];
  readonly namespaces?: Readonly<Record<string, Labels>>;
  /** Pods by the node that they wait for. */
  readonly nominated?: Readonly<Record<string, Pod>>;
  readonly architectures?: Readonly<Record<string, readonly string[]>>;
  readonly kin?: Labels;
  readonly storage?: StorageView;
}): ClusterState {
  const { namespaces = {}, architectures = {}, kin } = options;
  const known = new Map(Object.entries(architectures).map(([image, list]) => [normalizedImage(image), list]));
  const nothing = { claim: () => undefined, storageClass: () => undefined, volumes: () => [] };
  const state = new ClusterState({
    storage: options.storage ?? nothing,
    namespaceLabels: (namespace) => namespaces[namespace] ?? {},
    architecturesOf: (image) => known.get(image),
    kinSelector: () => kin && labelMapMatcher(kin),
  });
  for (const node of options.nodes) state.setNode(node);
  for (const pod of options.pods ?? []) state.setPod(pod);
  for (const [node, pod] of Object.entries(options.nominated ?? {})) state.nominate(podInfo(pod), node);
  return state;
}

export function place(pod: Pod, cluster: ClusterState): Outcome {
  return schedule(podInfo(pod), cluster);
}

/** The node, or the sentence that says why there is none. */
export function verdict(pod: Pod, cluster: ClusterState): string {
  const outcome = place(pod, cluster);
  return outcome.node ?? outcome.message;
}

/** What a plugin gives each node, after its normalization. @returns undefined when it has no opinion */
export function scoresOf(plugin: ScorePlugin, pod: Pod, cluster: ClusterState): Record<string, number> | undefined {
  const { nodes } = cluster;
  const opinion = plugin.prepare(podInfo(pod), nodes, cluster);
  if (!opinion) return undefined;
  const scores = nodes.map((node) => opinion.score(node));
  opinion.normalize?.(scores);
  return Object.fromEntries(nodes.map(({ name }, i) => [name, scores[i] ?? 0]));
}
