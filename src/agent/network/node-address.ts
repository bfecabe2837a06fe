import { networkInterfaces } from 'node:os';
import { isLoopbackAddress, SOMEWHERE, sourceAddressTo } from '../../lib/host-address.ts';

export interface AddressFacts {
  readonly current: string;
  /** The source of packets to the master; undefined without a route. */
  readonly towardsMaster: string | undefined;
  /** The same towards anywhere else. */
  readonly towardsOutside: string | undefined;
  /** Addresses on this machine's links. */
  readonly held: ReadonlySet<string>;
}

/**
 * The address others reach this node at: the one it speaks to the master from. Where that says nothing (no route just now, or the
 * master is this very machine) the current one holds as long as a link has it.
 */
export function chooseAddress({ current, towardsMaster, towardsOutside, held }: AddressFacts): string {
  if (towardsMaster && !isLoopbackAddress(towardsMaster)) return towardsMaster;
  if (held.has(current) && !isLoopbackAddress(current)) return current;
  return towardsOutside && !isLoopbackAddress(towardsOutside) ? towardsOutside : current;
}

export interface NodeAddressOptions {
  /** What it was at the start. */
  readonly initial: string;
  /** Given by the administrator: it stays. */
  readonly isFixed: boolean;
  readonly masters: readonly { readonly host: string; readonly port: number }[];
}

/** This node's address, which DHCP or an administrator may change under it. */
export class NodeAddress {
  readonly #options: NodeAddressOptions;
  #current: string;

  constructor(options: NodeAddressOptions) {
    this.#options = options;
    this.#current = options.initial;
  }

  get current(): string {
    return this.#current;
  }

  /** Looks at the machine again. @returns whether the address is another one now */
  async refresh(): Promise<boolean> {
    const { isFixed, masters } = this.#options;
    if (isFixed) return false;
    const [master] = masters;
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const next = chooseAddress({
      current: this.#current,
      towardsMaster: master && (await sourceAddressTo(master.host, master.port)),
      towardsOutside: await sourceAddressTo(SOMEWHERE.host, SOMEWHERE.port),
      held: new Set(addresses.map(({ address }) => address)),
    });
    const isNews = next !== this.#current;
    this.#current = next;
    return isNews;
  }
}
