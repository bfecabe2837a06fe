import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../../test/lab/host.ts';
import type { Lab } from '../../../test/lab/lab.ts';
import { listContainers } from '../engine-view.ts';
import type { Ledger } from '../ledger.ts';
import type { Random } from '../random.ts';

/** How often each happens, relative to the others. */
const WEIGHTS = {
  power: 3,
  engine: 3,
  agent: 4,
  master: 2,
  cable: 4,
  partition: 3,
  flap: 2,
  slow: 2,
  loss: 2,
  stall: 3,
  disk: 3,
};
export type LabFault = keyof typeof WEIGHTS;

/** After these agents have not heard the master: a StatefulSet's pod is stopped then, and started again when it still is its node's. */
const ISOLATING: ReadonlySet<LabFault> = new Set([
  'agent',
  'master',
  'cable',
  'partition',
  'flap',
  'slow',
  'stall',
  'disk',
]);
/** Less than the grace period and what pods tolerate, 20 s in all: such an excuse too many hides little. */
const ISOLATED_MS = 15_000;

/** What a worn SD card still does. */
const DISK_WRITES = 10;

/** One more would leave the pods no place to go. */
const MAX_HARMED = 2;
/** Some end before anybody takes notice, some after pods were given to other nodes. */
const ABSENCE_MS = [500, 35_000] as const;

/** Kills, cuts and slows hosts at random, and heals them a while later. */
export class LabFaults {
  readonly counts: Record<LabFault, number>;
  readonly #lab: Lab;
  readonly #ledgers: ReadonlyMap<string, Ledger>;
  readonly #bridge: string;
  readonly #random: Random;
  readonly #absences = new Map<string, Promise<void>>();
  #hasFailed: unknown;

  /** @param ledgers one for each node */
  constructor(lab: Lab, facts: { ledgers: ReadonlyMap<string, Ledger>; bridge: string; random: Random }) {
    this.#lab = lab;
    this.#ledgers = facts.ledgers;
    this.#bridge = facts.bridge;
    this.#random = facts.random;
    this.counts = Object.fromEntries(Object.keys(WEIGHTS).map((fault) => [fault, 0])) as Record<LabFault, number>;
  }

  /** Goes on until the signal; returns when everything is healed. @throws what kept something from being healed */
  async run(signal: AbortSignal, say: (what: string) => void): Promise<void> {
    while (!signal.aborted && this.#hasFailed === undefined) {
      await sleep(this.#random.between(1000, 8000), undefined, { signal }).catch(() => {}); // the loop's condition ends it
      if (!signal.aborted) await this.#one(say);
    }
    await Promise.all(this.#absences.values());
    if (this.#hasFailed !== undefined) throw this.#hasFailed;
  }

  async #one(say: (what: string) => void): Promise<void> {
    const fault = this.#random.weighted(WEIGHTS);
    const master = this.#lab.host('master');
    const nodes = fault === 'master' ? [] : this.#lab.nodes;
    const candidates = fault === 'master' || fault === 'disk' ? [master, ...nodes] : nodes;
    const host = this.#random.pick(candidates.filter(({ name }) => !this.#absences.has(name)));
    if (!host || this.#absences.size >= MAX_HARMED) return;
    this.counts[fault]++;
    const forMs = this.#random.between(...ABSENCE_MS);
    say(`${fault} ${host.name} for ${(forMs / 1000).toFixed(1)} s`);
    const absence = this.#harm(fault, host, forMs)
      .then(async () => {
        if (ISOLATING.has(fault) && forMs > ISOLATED_MS) await this.#excuseFenced(host);
        await this.#lab.heal(host.name);
        await this.#lab.boot(host.name);
        this.#absences.delete(host.name);
      })
      .catch((error: unknown) => {
        this.#hasFailed ??= error;
      });
    this.#absences.set(host.name, absence);
  }

  /** @returns when it is time to heal */
  async #harm(fault: LabFault, host: Host, forMs: number): Promise<void> {
    const { name } = host;
    switch (fault) {
      case 'power':
        // Whatever ran there, or was about to, has died.
        this.#ledgers.get(name)?.engineDied([], Date.now());
        await this.#lab.kill(name, 'power');
        break;
      case 'engine': {
        const all = await listContainers((...command) => host.run(...command), this.#bridge).catch(() => []);
        this.#ledgers.get(name)?.engineDied(
          all.filter(({ isRunning }) => isRunning),
          Date.now(),
        );
        await this.#lab.kill(name, 'engine');
        break;
      }
      case 'agent':
      case 'master':
        await this.#lab.kill(name, 'agent');
        break;
      case 'cable':
        await this.#lab.cut(name);
        break;
      case 'partition':
        await this.#lab.partition(name, this.#random.next() < 0.7 ? 'master' : this.#other(name));
        break;
      case 'flap':
        return this.#flap(name, forMs);
      case 'slow':
        await this.#lab.slow(name, '256kbit');
        break;
      case 'loss':
        await this.#lab.lose(name, 5);
        break;
      case 'disk':
        await this.#lab.slowDisk(name, DISK_WRITES);
        break;
      case 'stall':
        await host.signal('agent', 'STOP');
        await sleep(forMs);
        return host.signal('agent', 'CONT');
    }
    await sleep(forMs);
  }

  /** Writes down that whatever runs once at most may have been stopped: on a node, or on all of those that lack their master. */
  async #excuseFenced(host: Host): Promise<void> {
    for (const node of host.record.role === 'master' ? this.#lab.nodes : [host]) {
      const all = await listContainers((...command) => node.run(...command), this.#bridge).catch(() => []);
      const once = all.filter(({ podName, container }) => podName.startsWith('db-') && container === 'main');
      const byPod = new Map(once.map((container) => [container.podUid, container]));
      for (const container of byPod.values()) this.#ledgers.get(node.name)?.killed(container);
    }
  }

  async #flap(name: string, forMs: number): Promise<void> {
    for (const end = Date.now() + forMs; Date.now() < end; ) {
      await this.#lab.cut(name);
      await sleep(this.#random.between(100, 1500));
      await this.#lab.heal(name);
      await sleep(this.#random.between(100, 1500));
    }
  }

  #other(name: string): string {
    return this.#random.pick(this.#lab.nodes.filter((node) => node.name !== name))?.name ?? 'master';
  }
}
