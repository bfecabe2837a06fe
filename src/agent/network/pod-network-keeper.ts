import type { Node } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { PodNetwork } from './network.ts';
import { NetworkError } from './network-error.ts';

export interface PodNetworkKeeperOptions {
  readonly network: PodNetwork;
  /** Tells of this node's object: its spec.podCIDR is the master's to give. */
  readonly uplink: {
    readonly node: Node | undefined;
    onNode(listener: (node: Node) => void): () => void;
    /** Calls back when another node came, went or moved. */
    onPeers(listener: () => void): () => void;
  };
  /** Looks which address this node has now, before each pass: routes and the overlay begin there. */
  readonly refreshAddress: () => Promise<void>;
  /** Called after each change of `problem`. */
  readonly onChange?: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Corrects what an event missed. */
const REASSERT_MS = 30_000;
/** Events come in bursts (a link that comes up, a flushed firewall): one pass for each of them. */
const SETTLE_MS = 100;
/** The least time between the beginnings of two passes that events ask for. */
const PACE_MS = 1_000;

/** Keeps the pod network as it must be: made when the node is given its CIDR, looked at again at each event and every 30 s. */
export class PodNetworkKeeper implements Part {
  readonly name = 'pod-network';
  readonly #options: PodNetworkKeeperOptions;
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];
  #lastPassAt = 0;
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
    this.#unsubscribe = [uplink.onNode(use), uplink.onPeers(() => this.wake())];
    use(uplink.node);
    this.#queue.start();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  /** Something that the network rests on has changed: looks again soon. */
  wake(): void {
    const cidr = this.#options.uplink.node?.spec.podCIDR;
    const sinceLastMs = this.#options.clock.monotonic() - this.#lastPassAt;
    if (cidr) this.#queue.addAfter(cidr, Math.max(SETTLE_MS, PACE_MS - sinceLastMs));
  }

  async #ensure(cidr: string): Promise<void> {
    const { network, uplink, refreshAddress, clock } = this.#options;
    if (uplink.node?.spec.podCIDR !== cidr) return;
    this.#lastPassAt = clock.monotonic();
    await refreshAddress();
    try {
      await network.ensure(cidr);
    } catch (error) {
      const isOnlyRoutes = error instanceof NetworkError && error.code === 'RoutesFailed';
      if (isOnlyRoutes) this.#ready(cidr);
      else this.#tell(error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.#ready(cidr);
    this.#queue.addAfter(cidr, REASSERT_MS);
  }

  #ready(cidr: string): void {
    this.#readyCidr = cidr;
    this.#tell('');
  }

  #tell(problem: string): void {
    const isNews = problem !== this.#problem;
    this.#problem = problem;
    if (isNews) this.#options.onChange?.();
  }
}
