import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../scripts/chaos/random.ts';
import type { TestCluster } from '../../lib/cluster.ts';

/** This share of the masters does not live to see itself ready: controllers work before the API answers. */
const KILLED_STARTING = 0.35;
/** The others die at any time, or just after a change: that is between two writes that belong together, if ever. */
const KILLED_BY_CHANGE = 0.5;
const SOONEST_MS = 300;
const LATEST_MS = 1500;

/** Ends a cluster's master in the middle of whatever it does, again and again, and starts it again at once. */
export class MasterKiller {
  readonly #cluster: TestCluster;
  readonly #random: Random;
  readonly #onReady: () => Promise<void>;
  #noteChange = () => {};

  /** @param onReady called for each master that becomes ready, before it is killed */
  constructor(cluster: TestCluster, random: Random, onReady: () => Promise<void>) {
    this.#cluster = cluster;
    this.#random = random;
    this.#onReady = onReady;
  }

  /** To be called for each change that the master tells of. */
  changed(): void {
    this.#noteChange();
  }

  /** Kills it so many times, 0.3 to 1.5 s after it was started or was ready. @returns once the last one is ready */
  async kill(times: number): Promise<void> {
    for (let kills = 0; kills < times; kills++) {
      if (this.#random.next() >= KILLED_STARTING) await this.#ready();
      await this.#moment();
      await this.#cluster.kill('master');
      this.#cluster.launchMaster();
    }
    await this.#ready();
  }

  async #moment(): Promise<void> {
    const waitMs = this.#random.between(SOONEST_MS, LATEST_MS);
    if (this.#random.next() >= KILLED_BY_CHANGE) return sleep(waitMs);
    await sleep(SOONEST_MS);
    const change = Promise.withResolvers<void>();
    this.#noteChange = change.resolve;
    await Promise.race([change.promise, sleep(LATEST_MS - SOONEST_MS)]);
  }

  async #ready(): Promise<void> {
    await this.#cluster.masterIsReady();
    await this.#onReady();
  }
}
