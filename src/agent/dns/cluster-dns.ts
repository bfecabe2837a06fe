import type { Node } from '../../api/types.ts';
import { backoffMs } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { parseCidr } from '../../lib/ipv4.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ServiceSources } from '../assignments.ts';
import { gatewayOf } from '../network/cidr.ts';
import { readNodeResolvConf } from '../network/resolv-conf.ts';
import type { ServicePort } from '../services/service-port.ts';
import { DNS_PORT } from './dns-port.ts';
import { DnsServer } from './dns-server.ts';
import { onceASecond } from './once-a-second.ts';
import { Responder } from './responder.ts';
import { ServiceIndex } from './service-index.ts';
import { Upstream } from './upstream.ts';
import { answerFromZone } from './zone.ts';

export interface ClusterDnsOptions {
  readonly sources: ServiceSources;
  /** `ports` are other than before. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The bridge may not be there yet when its range is known. */
const RETRY = { baseMs: 200, maxMs: 5_000 };

/** The cluster's DNS as this node serves it to its pods, with or without a master. */
export class ClusterDns implements Part {
  readonly name = 'dns';
  readonly #options: ClusterDnsOptions;
  readonly #server: DnsServer;
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];
  /** Made at the first question after a change. */
  #index: ServiceIndex | undefined;
  #listeningOn: string | undefined;
  #failures = 0;

  constructor(options: ClusterDnsOptions) {
    const { sources, clock, log } = options;
    this.#options = options;
    const nodeResolvConf = onceASecond(readNodeResolvConf, clock);
    const servers = async () => {
      const { nameservers } = await nodeResolvConf();
      // A node that asks the cluster's own address would ask in a circle.
      return nameservers.filter((server) => server !== sources.settings?.clusterDns);
    };
    const responder = new Responder(
      (question) => answerFromZone(question, { zone: this.#zone, index: this.#currentIndex() }, shuffled),
      new Upstream({ servers, clock }),
    );
    this.#server = new DnsServer(responder, log);
    this.#queue = new Workqueue({ name: this.name, clock, log }, (address) => this.#listen(address));
  }

  /** What the Service rules must lead to this node's own server: the cluster's DNS address. */
  get ports(): ServicePort[] {
    const { clusterDns } = this.#options.sources.settings ?? {};
    if (!clusterDns || this.#listeningOn === undefined) return [];
    const target = { ip: this.#listeningOn, port: DNS_PORT, isLocal: true };
    return (['udp', 'tcp'] as const).map((protocol) => ({
      id: `dns:${protocol}`,
      protocol,
      port: 53,
      clusterIps: [clusterDns],
      balancedIps: [],
      externalIps: [],
      nodePort: 0,
      affinitySeconds: undefined,
      sourceRanges: [],
      isInternalLocal: false,
      isExternalLocal: false,
      targets: [target],
      localTargets: [target],
    }));
  }

  start(): void {
    const { sources } = this.#options;
    const forget = () => {
      this.#index = undefined;
    };
    this.#unsubscribe = [
      sources.onServices(forget),
      sources.onSettings(forget),
      sources.onNode((node) => this.#use(node)),
    ];
    this.#queue.start();
    this.#use(sources.node);
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
    await this.#server.close();
  }

  get #zone(): string {
    return this.#options.sources.settings?.clusterDomain ?? 'cluster.local';
  }

  #currentIndex(): ServiceIndex {
    const { services, endpointSlices } = this.#options.sources;
    this.#index ??= new ServiceIndex(services, endpointSlices.values());
    return this.#index;
  }

  #use(node: Node | undefined): void {
    const range = parseCidr(node?.spec.podCIDR ?? '');
    const address = range && gatewayOf(range);
    if (address !== undefined && address !== this.#listeningOn) this.#queue.add(address);
  }

  async #listen(address: string): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#server.listen(address, DNS_PORT);
    } catch (err) {
      this.#failures += 1;
      // Transitions are told, turns are not: the bridge comes in a moment.
      log[this.#failures === 20 ? 'warn' : 'debug']({ err, address }, 'the cluster DNS cannot listen yet');
      this.#queue.addAfter(address, backoffMs(this.#failures, RETRY));
      return;
    }
    this.#failures = 0;
    this.#listeningOn = address;
    this.#options.onChange();
    log.info({ address, port: DNS_PORT }, 'the cluster DNS answers');
  }
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}
