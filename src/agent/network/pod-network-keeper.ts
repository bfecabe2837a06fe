import type { Node } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { PodNetwork } from './network.ts';

export interface PodNetworkKeeperOptions {
  readonly network: PodNetwork;
  /** Tells of this node's object: its spec.podCIDR is the master's to give. */
  readonly uplink: { readonly node: Node | undefined; onNode(listener: (node: Node) => void): () => void };
  /** Called after each change of `problem`. */
  readonly onChange?: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Corrects what somebody else's firewall command took away. */
const REASSERT_MS = 30_000;

/** Keeps the pod network as it must be: made when the node is given its CIDR, looked at again every 30 s. */
export class PodNetworkKeeper implements Part {
  readonly name = 'pod-network';
  readonly #options: PodNetworkKeeperOptions;
  readonly #queue: Workqueue;
  #unsubscribe: () => void = () => {};
  #readyCidr: string | undefined;
  #problem = 'the node has no pod CIDR yet';

  constructor(options: PodNetworkKeeperOptions) {
    this.#options = options;
    this.#queue = new Workqueue({ name: this.name, clock: options.clock, log: options.log }, (cidr) =>
      this.#ensure(cidr),
    );
  }

  /** The bridge is up on the node's CIDR: pods may have addresses. */
  get isReady(): boolean {
    return this.#readyCidr !== undefined && this.#readyCidr === this.#options.uplink.node?.spec.podCIDR;
  }

  /** Why pods can't have addresses now, in words for an operator; '' when they can. */
  get problem(): string {
    return this.#problem;
  }

  start(): void {
    const { uplink } = this.#options;
    const use = (node: Node | undefined) => {
      if (node?.spec.podCIDR) this.#queue.add(node.spec.podCIDR);
    };
    this.#unsubscribe = uplink.onNode(use);
    use(uplink.node);
    this.#queue.start();
  }

  async stop(): Promise<void> {
    this.#unsubscribe();
    await this.#queue.stop();
  }

  async #ensure(cidr: string): Promise<void> {
    const { network, uplink } = this.#options;
    if (uplink.node?.spec.podCIDR !== cidr) return;
    try {
      await network.ensure(cidr);
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.#readyCidr = cidr;
    this.#tell('');
    this.#queue.addAfter(cidr, REASSERT_MS);
  }

  #tell(problem: string): void {
    const isNews = problem !== this.#problem;
    this.#problem = problem;
    if (isNews) this.#options.onChange?.();
  }
}
