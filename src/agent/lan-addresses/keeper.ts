import { isDeepStrictEqual } from 'node:util';
import type { LanFacts } from '../../api/kinds/node/lan-facts.ts';
import { holderOf, isBalancedHere, requestedAddress } from '../../api/kinds/service/load-balancer.ts';
import type { Service } from '../../api/types.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ServiceSources } from '../assignments.ts';
import { announce, askForOwner, hold, letGo, readLinks } from './kernel.ts';
import { type LanLink, linkFor } from './links.ts';
import { plan } from './plan.ts';

export interface LanAddressKeeperOptions {
  readonly sources: Pick<ServiceSources, 'services' | 'onServices'>;
  readonly nodeName: string;
  /** This node's pods are on it. */
  readonly bridge: string;
  readonly contact: { readonly restMs: Millis; onAnswer(listener: () => void): () => void };
  /** Called after each change of `facts`. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Links and their networks change without a word of the master. */
const REASSERT_MS = 30_000;
const SETTLE_MS = 100;
/** The former holder may just not have heard yet: once is no conflict. */
const ASK_AGAIN_MS = 3_000;
const CONFLICT_PAUSE_MS = 10_000;
/** Each waits for an answer of the network for seconds. */
const TAKEN_AT_ONCE = 16;

/** Holds the addresses that the master gave to this node for Services, for as long as it hears from the master. */
export class LanAddressKeeper implements Part {
  readonly name = 'lan-addresses';
  readonly #options: LanAddressKeeperOptions;
  readonly #passes: Workqueue;
  readonly #takes: Workqueue;
  /** Those being asked for. */
  readonly #taking = new Set<string>();
  /** Who answered for an address at the last question, and how often in a row somebody did. */
  readonly #owners = new Map<string, { readonly owner: string; readonly times: number }>();
  #unsubscribe: (() => void)[] = [];
  #links: readonly LanLink[] = [];
  /** The master gave this node one at least. */
  #hasAddress = false;
  #facts: LanFacts = { subnets: [], addresses: [], conflicts: {} };

  constructor(options: LanAddressKeeperOptions) {
    this.#options = options;
    const { clock, log } = options;
    this.#passes = new Workqueue({ name: this.name, clock, log }, () => this.#pass());
    const takes = { name: 'lan-addresses-to-take', clock, log, concurrency: TAKEN_AT_ONCE };
    this.#takes = new Workqueue(takes, (address, signal) => this.#take(address, signal));
  }

  /** What the master is to know. */
  get facts(): LanFacts {
    return this.#facts;
  }

  start(): void {
    const wake = () => this.wake();
    this.#unsubscribe = [
      this.#options.sources.onServices(wake),
      // What is held lasts for a while from the master's last answer: each prolongs it, and nothing else could.
      this.#options.contact.onAnswer(() => this.#hasAddress && wake()),
    ];
    this.#passes.start();
    this.#takes.start();
    this.wake();
  }

  /** What is held stays for its time: an agent that starts again goes on with it. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await Promise.all([this.#passes.stop(), this.#takes.stop()]);
  }

  /** Services, links or addresses have changed. */
  wake(): void {
    this.#passes.addAfter('addresses', SETTLE_MS);
  }

  async #pass(): Promise<void> {
    const { sources, nodeName, bridge, contact } = this.#options;
    const wanted = givenTo(nodeName, sources.services.values());
    this.#links = await readLinks(bridge);
    for (const action of plan(wanted, this.#links, contact.restMs)) {
      switch (action.do) {
        case 'remove':
          await letGo(action.address, action.link);
          break;
        case 'refresh':
          await hold(action.address, action.link, action.seconds);
          break;
        case 'take':
          this.#startTaking(action.address);
      }
    }
    for (const address of this.#owners.keys()) if (!wanted.includes(address)) this.#owners.delete(address);
    this.#tell(wanted);
    this.#hasAddress = wanted.length > 0;
    this.#passes.addAfter('addresses', REASSERT_MS);
  }

  #startTaking(address: string): void {
    if (this.#taking.has(address)) return;
    this.#taking.add(address);
    this.#takes.add(address);
  }

  async #take(address: string, signal: AbortSignal): Promise<void> {
    try {
      const link = linkFor(address, this.#links);
      if (link && (await this.#isFree(address, link, signal))) await this.#hold(address, link, signal);
    } finally {
      this.#taking.delete(address);
    }
  }

  async #isFree(address: string, link: LanLink, signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#options;
    const isOwn = link.own.includes(address);
    const owner = isOwn ? 'the node itself' : await askForOwner(address, link.name, clock, signal);
    if (owner === undefined) {
      this.#owners.delete(address);
      return true;
    }
    const times = (this.#owners.get(address)?.times ?? 0) + 1;
    this.#owners.set(address, { owner, times });
    if (times === 2) log.warn({ address, owner }, 'somebody else has the address that this node was given');
    this.wake();
    await clock.sleep(times === 1 ? ASK_AGAIN_MS : CONFLICT_PAUSE_MS, signal);
    this.wake();
    return false;
  }

  async #hold(address: string, link: LanLink, signal: AbortSignal): Promise<void> {
    const { sources, nodeName, contact, clock, log } = this.#options;
    const { restMs } = contact;
    // Asking took a while: it may be another's by now.
    if (restMs <= 0 || !givenTo(nodeName, sources.services.values()).includes(address)) return;
    await hold(address, link.name, Math.ceil(restMs / 1000));
    log.info({ address, link: link.name }, 'holding an address for Services');
    this.wake();
    await announce(address, link, clock, signal);
  }

  #tell(wanted: readonly string[]): void {
    const conflicts = [...this.#owners]
      .filter(([, { times }]) => times > 1)
      .map(([address, { owner }]) => [address, owner]);
    const facts: LanFacts = {
      subnets: [...new Set(this.#links.flatMap(({ subnets }) => subnets.map(({ text }) => text)))].sort(),
      addresses: this.#links.flatMap(({ held }) => held.filter((address) => wanted.includes(address))).sort(),
      conflicts: Object.fromEntries(conflicts.sort()),
    };
    if (isDeepStrictEqual(facts, this.#facts)) return;
    this.#facts = facts;
    this.#options.onChange();
  }
}

/** The addresses that the master gave to this node, each once. */
function givenTo(nodeName: string, services: Iterable<Service>): string[] {
  const ours = [...services].filter((service) => isBalancedHere(service) && holderOf(service) === nodeName);
  return [...new Set(ours.flatMap((service) => requestedAddress(service) ?? []))].sort();
}
