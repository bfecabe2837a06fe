import { ApiError } from '../../api/meta/errors.ts';
import type { Node } from '../../api/types.ts';
import { nextPodCidr } from './pod-cidr.ts';

/**
 * Gives each node a CIDR of its own. One is given by writing it into a Node; this remembers in addition whom it gave which, for
 * the moments in which the cache does not know yet, and for nodes that were deleted while their pods ran on.
 */
export class PodCidrs {
  readonly #clusterCidr: string;
  readonly #nodes: () => readonly Node[];
  /** CIDR -> the key it was given to. */
  readonly #given = new Map<string, string>();
  /** Given, but in no Node that the cache has shown. */
  readonly #underWay = new Set<string>();

  constructor(clusterCidr: string, nodes: () => readonly Node[]) {
    this.#clusterCidr = clusterCidr;
    this.#nodes = nodes;
  }

  /**
   * The node's own from before, else one that nobody had, else one that nobody has.
   * @throws ApiError ServiceUnavailable when the cluster CIDR is used up.
   */
  give(keyHash: string): string {
    const held = new Set(this.#nodes().map((node) => node.spec.podCIDR ?? ''));
    const own = [...this.#given].find(([cidr, key]) => key === keyHash && !held.has(cidr))?.[0];
    const cidr =
      own ??
      nextPodCidr(this.#clusterCidr, held.union(new Set(this.#given.keys()))) ??
      nextPodCidr(this.#clusterCidr, held.union(this.#underWay));
    if (!cidr) {
      const message = `every /24 of the cluster CIDR ${this.#clusterCidr} has a node: delete nodes that are gone, or use a larger --cluster-cidr`;
      throw new ApiError('ServiceUnavailable', message);
    }
    this.#given.set(cidr, keyHash);
    this.#underWay.add(cidr);
    return cidr;
  }

  /** The cache shows a Node that has it. */
  settled(cidr: string): void {
    this.#underWay.delete(cidr);
  }

  /** Another Node that has this CIDR. */
  holderOf(cidr: string, except: string): string | undefined {
    return this.#nodes().find(({ metadata, spec }) => metadata.name !== except && spec.podCIDR === cidr)?.metadata.name;
  }
}
