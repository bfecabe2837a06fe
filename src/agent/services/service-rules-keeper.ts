import { networkInterfaces } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { Workqueue } from '../../lib/workqueue.ts';
import type { ServiceSources } from '../assignments.ts';
import { NetworkError } from '../network/network-error.ts';
import type { FollowedEndpoints } from './followed-endpoints.ts';
import { forgetFlows, type NftTable, udpFlows } from './nft-table.ts';
import { renderChange, renderTable, type TableSettings } from './render.ts';
import { type RuleSet, RuleSets } from './rule-set.ts';
import { type NodePlace, type ServicePort, ServicePorts } from './service-port.ts';
import { changedDoors, staleFlows, udpDoors } from './stale-flows.ts';

export interface ServiceRulesKeeperOptions {
  readonly sources: ServiceSources;
  readonly table: NftTable;
  /** The table's name. */
  readonly tableName: string;
  readonly place: () => NodePlace;
  /** Ports beside those of Services: cluster DNS, which this node answers itself. */
  readonly ownPorts: () => readonly ServicePort[];
  /** Networks of Services' addresses: those that nobody has are refused. */
  readonly serviceCidrs: () => readonly string[];
  readonly followed: FollowedEndpoints;
  /** Called after each change of `problem`. */
  readonly onChange?: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The name of the part. */
export const SERVICE_RULES_PART = 'service-rules';
/** Corrects what somebody else's firewall command took away. */
const REASSERT_MS = 30_000;
/** A look at the table reads all of its elements, 0.2 s of a core at 5,000 Services: it takes at most this part of the time. */
const CHECK_SHARE = 1 / 500;
/** Endpoints of a rollout change in bursts: one transaction for those that come together. */
const SETTLE_MS = 10;
/** The least time between two transactions. */
const PACE_MS = 100;

/** A failure that mends itself sooner (somebody else held the firewall) is no problem of the node. */
const LASTING_MS = 10_000;

/** What the table was made to hold by us, and hence by which difference it is changed. */
interface Applied {
  readonly ports: readonly ServicePort[];
  readonly rules: RuleSet;
  /** What the fixed rules were made of. */
  readonly settings: TableSettings;
}

/**
 * Keeps the kernel's rules for Services as the Services and their endpoints are: changed by differences, made anew
 * as a whole at the start and when they were found damaged.
 */
export class ServiceRulesKeeper implements Part {
  readonly name = SERVICE_RULES_PART;
  readonly #options: ServiceRulesKeeperOptions;
  readonly #queue: Workqueue;
  #unsubscribe: (() => void)[] = [];
  /** undefined when nothing is known of the table: at the start, and after a transaction that failed. */
  #applied: Applied | undefined;
  #ports: ServicePorts | undefined;
  #ruleSets: RuleSets | undefined;
  #lastPassAt = 0;
  /** The table may be damaged: it is looked at before it is changed. */
  #isSuspect = false;
  #checkAt: Millis = 0;
  #failingSince: Millis | undefined;
  #problem = '';

  constructor(options: ServiceRulesKeeperOptions) {
    this.#options = options;
    this.#queue = new Workqueue({ name: this.name, clock: options.clock, log: options.log }, () => this.#pass());
  }

  /** Why Services can't be reached from here as they are now, in words for an operator; '' when they can. */
  get problem(): string {
    return this.#problem;
  }

  start(): void {
    const { sources, followed } = this.#options;
    const wake = () => this.wake();
    this.#unsubscribe = [sources.onServices(wake), sources.onSettings(wake), followed.onNews(this.name, wake)];
    this.#queue.start();
    this.wake();
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  /** Somebody changed the firewall: the table may have been damaged. */
  recheck(): void {
    this.#isSuspect = true;
    this.wake();
  }

  /** Something the rules are made from has changed. */
  wake(): void {
    const sinceLastMs = this.#options.clock.monotonic() - this.#lastPassAt;
    this.#queue.addAfter('rules', Math.max(SETTLE_MS, PACE_MS - sinceLastMs));
  }

  async #pass(): Promise<void> {
    const { clock, sources, followed } = this.#options;
    const { held } = sources.endpoints;
    try {
      await this.#ensure();
      followed.upTo(this.name, held);
    } catch (error) {
      this.#failingSince ??= clock.monotonic();
      const isLasting = clock.monotonic() - this.#failingSince >= LASTING_MS;
      // A program that is missing does not come by itself.
      if (isLasting || (error instanceof NetworkError && error.code === 'ToolMissing')) {
        this.#tell(`Services can't be reached: ${error instanceof Error ? error.message : String(error)}`);
        // Nobody is helped by waiting for a node that is in trouble for long.
        followed.upTo(this.name, held);
      }
      throw error;
    }
    this.#failingSince = undefined;
    this.#tell('');
  }

  #tell(problem: string): void {
    const isNews = problem !== this.#problem;
    this.#problem = problem;
    if (isNews) this.#options.onChange?.();
  }

  async #ensure(): Promise<void> {
    const { sources, table, tableName, serviceCidrs, clock, log } = this.#options;
    const { settings } = sources;
    if (!settings) return; // the first session wakes us
    this.#lastPassAt = clock.monotonic();
    const { clusterCidr } = settings;
    const tableSettings: TableSettings = { table: tableName, clusterCidr, serviceCidrs: serviceCidrs() };
    const next = this.#next(tableSettings);
    if (!isDeepStrictEqual(this.#applied?.settings, tableSettings)) this.#applied = undefined;
    if (this.#applied) await this.#checkWhenDue();
    const before = this.#applied;
    this.#applied = undefined;
    if (before) await this.#change(before, next);
    else {
      for (const transaction of renderTable(next.rules, tableSettings, await table.find()))
        await table.apply(transaction);
      log.info({ services: sources.services.size }, 'rules of Services made');
    }
    // Before the rules count as applied: flows that could not be forgotten are, with all others, at the next pass.
    await forgetStaleFlows(before?.ports, next.ports);
    this.#applied = next;
    this.#queue.addAfter('rules', REASSERT_MS);
  }

  #next(settings: TableSettings): Applied {
    const { clusterCidr } = settings;
    const { sources, ownPorts } = this.#options;
    const place = this.#options.place();
    if (!isDeepStrictEqual(this.#ports?.place, place)) this.#ports = undefined;
    this.#ports ??= new ServicePorts(place);
    if (this.#ruleSets?.clusterCidr !== clusterCidr) this.#ruleSets = new RuleSets(clusterCidr);
    const own = ownPorts();
    const ownIps = new Set(own.flatMap(({ clusterIps }) => clusterIps));
    const others = this.#ports.of(sources.services.values(), sources.endpointSlices.values());
    // The Service of the cluster's DNS has no endpoints of its own: every node is one.
    const ports = [...others.filter(({ clusterIps }) => !clusterIps.some((ip) => ownIps.has(ip))), ...own];
    return { ports, rules: this.#ruleSets.of(ports), settings };
  }

  /** Forgets what was applied if it is not there any more. Most changes do not wait for that: on a table that is gone they fail. */
  async #checkWhenDue(): Promise<void> {
    const { table, clock } = this.#options;
    const start = clock.monotonic();
    if (!this.#isSuspect && start < this.#checkAt) return;
    this.#isSuspect = false;
    this.#checkAt = 0; // a look that fails is still due
    if (!(await table.isWhole())) this.#applied = undefined;
    this.#checkAt = clock.monotonic() + Math.max(REASSERT_MS, (clock.monotonic() - start) / CHECK_SHARE);
  }

  async #change(before: Applied, next: Applied): Promise<void> {
    for (const transaction of renderChange(before.rules, next.rules, next.settings)) {
      await this.#options.table.apply(transaction);
      this.#options.log.debug({ bytes: transaction.length }, 'rules of Services changed');
    }
  }
}

/** Looks at the kernel's flows only where what UDP leads to has changed. @param before undefined: not known */
async function forgetStaleFlows(
  before: readonly ServicePort[] | undefined,
  after: readonly ServicePort[],
): Promise<void> {
  const doors = changedDoors(before && udpDoors(before), udpDoors(after));
  if (doors.size === 0) return;
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []));
  await forgetFlows(staleFlows(doors, await udpFlows(), (ip) => own.has(ip)));
}
