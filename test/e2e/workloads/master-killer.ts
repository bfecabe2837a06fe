import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../../scripts/chaos/random.ts';
import type { TestCluster } from '../../lib/cluster.ts';

/** So many of ten masters do not live to see themselves ready: controllers work before the API answers. */
const KILLED_STARTING = 0.35;

/** Ends a cluster's master in the middle of whatever it does, again and again, and starts it again at once. */
export class MasterKiller {
  readonly #cluster: TestCluster;
  readonly #random: Random;
  readonly #onReady: () => Promise<void>;

  /** @param onReady called for each master that becomes ready, before it is killed */
  constructor(cluster: TestCluster, random: Random, onReady: () => Promise<void>) {
    this.#cluster = cluster;
    this.#random = random;
    this.#onReady = onReady;
  }

  /** Kills it so many times, 0.3 to 1.5 s after it was started or was ready. @returns once the last one is ready */
  async kill(times: number): Promise<void> {
    for (let kills = 0; kills < times; kills++) {
      if (this.#random.next() >= KILLED_STARTING) await this.#ready();
      await sleep(this.#random.between(300, 1500));
      await this.#cluster.kill('master');
      this.#cluster.launchMaster();
    }
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.#cluster.masterIsReady();
    await this.#onReady();
  }
}
