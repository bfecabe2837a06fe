import {
  type ClusterView,
  type FilterPlugin,
  type NodeFilter,
  type Refusal,
  unresolvable,
  withNode,
} from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import { imagePlatform } from './plugins/image-platform.ts';
import { interPodAffinity } from './plugins/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { podTopologySpread } from './plugins/pod-topology-spread.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { volumeBinding } from './plugins/volume-binding.ts';
import { volumeRestrictions } from './plugins/volume-restrictions.ts';
import type { PodInfo } from './pod-info.ts';

/** In this order; the first that refuses a node gives its reasons. */
const FILTERS: readonly FilterPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  imagePlatform,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  volumeBinding,
  podTopologySpread,
  interPodAffinity,
];

/** A refusal, and whose it is. */
export interface PluginRefusal extends Refusal {
  readonly plugin: string;
}

interface Check {
  readonly plugin: string;
  readonly filter: NodeFilter;
}

/** All filters, ready for one pod. */
export class PodFilters {
  /** Why no node at all will do, when that is so. */
  readonly everywhere: PluginRefusal | undefined;
  readonly #pod: PodInfo;
  readonly #view: ClusterView;
  readonly #checks: readonly Check[];

  constructor(pod: PodInfo, view: ClusterView) {
    this.#pod = pod;
    this.#view = view;
    const checks: Check[] = [];
    for (const { name: plugin, prepare } of FILTERS) {
      const filter = prepare(pod, view);
      if (typeof filter === 'string') this.everywhere = { ...unresolvable(filter), plugin };
      else if (filter) checks.push({ plugin, filter });
    }
    this.#checks = checks;
  }

  /**
   * Pods that the node is kept free for count as if they ran there, unless this one comes before them. They may yet go
   * elsewhere, so that the node has to do without them as well: this pod may be one that wants to be near them.
   */
  refusal(node: NodeInfo): PluginRefusal | undefined {
    const before = this.#view
      .nominatedTo(node.name)
      .filter(({ uid, priority }) => uid !== this.#pod.uid && priority >= this.#pod.priority);
    if (before.length > 0) {
      const crowded = node.with(before);
      const refused = new PodFilters(this.#pod, withNode(this.#view, crowded)).#firstRefusal(crowded);
      if (refused) return refused;
    }
    return this.#firstRefusal(node);
  }

  #firstRefusal(node: NodeInfo): PluginRefusal | undefined {
    if (this.everywhere) return this.everywhere;
    for (const { plugin, filter } of this.#checks) {
      const refused = filter(node);
      if (refused) return { ...refused, plugin };
    }
    return undefined;
  }
}
