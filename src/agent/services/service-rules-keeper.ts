import type { EndpointSlice, Node, Service } from '../../api/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ClusterSettings } from '../assignments.ts';
import { forgetFlows, type NftTable } from './nft-table.ts';
import { renderChange, renderTable, type TableSettings } from './render.ts';
import { type RuleSet, ruleSetOf } from './rule-set.ts';
import { type ServicePort, servicePorts } from './service-port.ts';
import { staleFlows } from './stale-flows.ts';

/** What the rules are made from; the uplink keeps it current. */
export interface ServiceSources {
  readonly services: ReadonlyMap<string, Service>;
  readonly endpointSlices: ReadonlyMap<string, EndpointSlice>;
  readonly settings: ClusterSettings | undefined;
  readonly node: Node | undefined;
  onServices(listener: () => void): () => void;
  onNode(listener: (node: Node) => void): () => void;
  onSettings(listener: (settings: ClusterSettings) => void): () => void;
}

export interface ServiceRulesKeeperOptions {
  readonly sources: ServiceSources;
  readonly table: NftTable;
  /** The table's name. */
  readonly tableName: string;
  readonly nodeName: string;
  /** Ports beside those of Services: cluster DNS, which this node answers itself. */
  readonly ownPorts: () => readonly ServicePort[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Corrects what somebody else's firewall command took away. */
const REASSERT_MS = 30_000;
/** Endpoints of a rollout change in bursts: one transaction for those that come together. */
const SETTLE_MS = 10;
/** The least time between two transactions. */
const PACE_MS = 100;

/** What the table was made to hold by us, and hence by which difference it is changed. */
interface Applied {
  readonly ports: readonly ServicePort[];
  readonly rules: RuleSet;
}

/**
 * Keeps the kernel's rules for Services as the Services and their endpoints are: changed by differences, made anew
 * as a whole at the start and when they were found damaged.
 */
export class ServiceRulesKeeper implements Part {
  readonly name = 'service-rules';
  readonly #options: ServiceRulesKeeperOptions;
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];
  /** undefined when nothing is known of the table: at the start, and after a transaction that failed. */
  #applied: Applied | undefined;
  #lastPassAt = 0;

  constructor(options: ServiceRulesKeeperOptions) {
    this.#options = options;
    this.#queue = new Workqueue({ name: this.name, clock: options.clock, log: options.log }, () => this.#ensure());
  }

  start(): void {
    const { sources } = this.#options;
    const wake = () => this.wake();
    this.#unsubscribe = [sources.onServices(wake), sources.onNode(wake), sources.onSettings(wake)];
    this.#queue.start();
    this.wake();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  /** Something the rules are made from has changed, or the table may have been damaged. */
  wake(): void {
    const sinceLastMs = this.#options.clock.now() - this.#lastPassAt;
    this.#queue.addAfter('rules', Math.max(SETTLE_MS, PACE_MS - sinceLastMs));
  }

  async #ensure(): Promise<void> {
    const { sources, table, tableName, nodeName, ownPorts, clock, log } = this.#options;
    const { settings } = sources;
    if (!settings) return; // the first session wakes us
    this.#lastPassAt = clock.now();
    const services = [...sources.services.values()];
    const own = ownPorts();
    const ownIps = new Set(own.flatMap(({ clusterIps }) => clusterIps));
    const others = servicePorts(services, [...sources.endpointSlices.values()], nodeName);
    // The Service of the cluster's DNS has no endpoints of its own: every node is one.
    const ports = [...others.filter(({ clusterIps }) => !clusterIps.some((ip) => ownIps.has(ip))), ...own];
    const next: Applied = { ports, rules: ruleSetOf(ports, settings.clusterCidr) };
    const tableSettings = { table: tableName, ...settings };
    const before = this.#applied && (await table.isWhole()) ? this.#applied : undefined;
    this.#applied = undefined;
    if (before) await this.#change(before, next, tableSettings);
    else {
      await table.apply(renderTable(next.rules, tableSettings, await table.find()));
      log.info({ services: services.length }, 'rules of Services made');
    }
    this.#applied = next;
    await forgetFlows(staleFlows(before?.ports ?? [], ports));
    this.#queue.addAfter('rules', REASSERT_MS);
  }

  async #change(before: Applied, next: Applied, settings: TableSettings): Promise<void> {
    const transaction = renderChange(before.rules, next.rules, settings);
    if (transaction === '') return;
    await this.#options.table.apply(transaction);
    this.#options.log.debug({ bytes: transaction.length }, 'rules of Services changed');
  }
}
