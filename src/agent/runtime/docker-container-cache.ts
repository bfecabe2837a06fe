import type Dockerode from 'dockerode';
import type { Millis } from '../../lib/clock.ts';
import { statusCode } from './docker-errors.ts';
import { hasFailedToStart, observeContainer } from './docker-observe.ts';
import type { ObservedContainer } from './runtime.ts';

/** A Pi answers some dozens of inspects at a time; more only queue in dockerd. */
const INSPECTS_AT_ONCE = 16;

interface Entry {
  /** Docker's own word, as the list says it: an entry is stale when the list says another. */
  readonly dockerState: string;
  readonly observed: ObservedContainer;
}

/**
 * Containers as last inspected. The list lacks pid, times and exit code, so each container needs an inspect, but only after
 * an event of it: while the event stream is open, what has had no event has not changed. Without one nothing is kept.
 */
export class ContainerCache {
  /** When a list was last asked for: events are wanted from then on. */
  listedAt: Millis | undefined;
  readonly #docker: Dockerode;
  readonly #entries = new Map<string, Entry>();
  #isWatched = false;
  /** Counts events: an inspect during which one came may be older than it, and is not kept. */
  #eventCount = 0;

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  /** Trusts entries while `follow` runs, which calls `forget` with the id of each container that had an event. */
  async whileWatched(follow: (forget: (id: string) => void, onOpen: () => void) => Promise<void>): Promise<void> {
    const forget = (id: string) => {
      this.#eventCount += 1;
      this.#entries.delete(id);
    };
    const onOpen = () => {
      this.#isWatched = true;
    };
    try {
      await follow(forget, onOpen);
    } finally {
      this.#isWatched = false;
      this.#entries.clear();
    }
  }

  /** Every container with these labels; one that goes meanwhile is left out. */
  async list(labels: string[]): Promise<ObservedContainer[]> {
    const summaries = await this.#docker.listContainers({ all: true, filters: { label: labels } });
    const observed: ObservedContainer[] = [];
    for (let at = 0; at < summaries.length; at += INSPECTS_AT_ONCE) {
      const batch = summaries.slice(at, at + INSPECTS_AT_ONCE);
      const found = await Promise.all(batch.map((summary) => this.#observe(summary)));
      observed.push(...found.filter((container) => container !== undefined));
    }
    return observed;
  }

  async #observe({ Id: id, State: state }: Dockerode.ContainerInfo): Promise<ObservedContainer | undefined> {
    const entry = this.#entries.get(id);
    if (entry?.dockerState === state) return entry.observed;
    const before = this.#eventCount;
    try {
      const info = await this.#docker.getContainer(id).inspect();
      const observed = observeContainer(info);
      // A created container may be in the middle of a start, whose failure has no event on every Docker: never kept.
      const isSettled = info.State.Status !== 'created' || hasFailedToStart(info.State);
      if (this.#isWatched && isSettled && before === this.#eventCount)
        this.#entries.set(id, { dockerState: info.State.Status, observed });
      return observed;
    } catch (error) {
      if (statusCode(error) === 404) return undefined;
      throw error;
    }
  }
}
