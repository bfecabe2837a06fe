import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '../lib/installation.ts';
import { persist } from './persist.ts';
import type { Random } from './random.ts';
import { podOf, SHAPES, type Shape } from './shapes.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SHAPE_NAMES = Object.keys(SHAPES) as Shape[];
/** So many pods come and go beside the bystanders. */
const COUNT = 6;

/** Creates and deletes pods as people do, and asks again when nobody answers: what it wants is known at any time. */
export class Client {
  readonly bystanders: ReadonlySet<string> = new Set(['bystander-two', 'bystander-sidecar', 'bystander-memory']);
  readonly #cluster: Installation;
  readonly #random: Random;
  readonly #transient = new Set<string>();
  #created = 0;
  #deleted = 0;

  constructor(cluster: Installation, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  get wanted(): ReadonlySet<string> {
    return new Set([...this.bystanders, ...this.#transient]);
  }

  get counts(): string {
    return `${this.#created} pods created, ${this.#deleted} deleted`;
  }

  async createBystanders(): Promise<void> {
    for (const name of this.bystanders) await this.#create(name, name.replace('bystander-', '') as Shape);
  }

  /** Goes on until the signal; returns when the last thing it began is done. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isFull = this.#transient.size >= COUNT;
      if (isFull || (this.#transient.size > 2 && this.#random.next() < 0.4)) await this.#deleteOne();
      else await this.#createOne();
      // The signal ends the wait, and the loop's condition the loop.
      await sleep(this.#random.between(300, 2500), undefined, { signal }).catch(() => {});
    }
  }

  async #createOne(): Promise<void> {
    const shape = this.#random.pick(SHAPE_NAMES) ?? 'plain';
    const name = `${shape}-${this.#created}`;
    this.#transient.add(name);
    await this.#create(name, shape);
  }

  async #create(name: string, shape: Shape): Promise<void> {
    this.#created += 1;
    // That it is there already means that a master died after it was stored and before it could say so.
    await persist(() => this.#cluster.api.create(PODS, podOf(name, shape)), 409);
  }

  async #deleteOne(): Promise<void> {
    const name = this.#random.pick([...this.#transient]);
    if (name === undefined) return;
    this.#transient.delete(name);
    this.#deleted += 1;
    const isForced = this.#random.next() < 0.2;
    await persist(() => this.#cluster.api.delete(`${PODS}/${name}${isForced ? '?gracePeriodSeconds=0' : ''}`), 404);
  }
}
