import type { Millis } from '../../lib/clock.ts';

/**
 * Whether pods may be driven from nodes that are not ready: `allowed`; `paused`, no more nodes than there are already;
 * `withdrawn`, from none at all.
 */
export type Eviction = 'allowed' | 'paused' | 'withdrawn';

export interface ZoneNode {
  /** topology.kubernetes.io/region and zone; one zone where nobody labelled any. */
  readonly zone: string;
  readonly isHealthy: boolean;
}

/** kube-controller-manager's --unhealthy-zone-threshold, and how many nodes must be lost for it to count. */
const UNHEALTHY_SHARE = 0.55;
const UNHEALTHY_LEAST = 3;

export interface Disruption {
  /** Not one node is well: it is the master that is cut off, or nothing is left to run pods on. */
  readonly isFull: boolean;
  /** Zones most of which is lost, but not all. */
  readonly partial: ReadonlySet<string>;
}

/** Source: Kubernetes, "Nodes", rate limits on eviction, for zones of up to 50 nodes. */
export function disruptionOf(nodes: readonly ZoneNode[]): Disruption {
  const zones = Map.groupBy(nodes, ({ zone }) => zone);
  const partial = [...zones].filter(([, members]) => {
    const lost = members.filter(({ isHealthy }) => !isHealthy).length;
    return lost < members.length && lost >= UNHEALTHY_LEAST && lost / members.length >= UNHEALTHY_SHARE;
  });
  return {
    isFull: nodes.length > 0 && nodes.every(({ isHealthy }) => !isHealthy),
    partial: new Set(partial.map(([zone]) => zone)),
  };
}

/** Remembers what was disrupted, so that the end of it drives nobody away at once. */
export class DisruptionWatch {
  readonly #calmMs: Millis;
  #current: Disruption = { isFull: false, partial: new Set() };
  #calmUntil: Millis = Number.NEGATIVE_INFINITY;

  /** @param calmMs so long nodes have to come back after all of them were gone, before the rest is taken for lost. */
  constructor(calmMs: Millis) {
    this.#calmMs = calmMs;
  }

  get isFull(): boolean {
    return this.#current.isFull;
  }

  /** @returns whether something is allowed now that was not, or the other way round. */
  look(nodes: readonly ZoneNode[], now: Millis): boolean {
    const before = this.#current;
    const wasCalm = this.#isCalm;
    this.#current = disruptionOf(nodes);
    if (before.isFull && !this.#current.isFull) this.#calmUntil = now + this.#calmMs;
    this.#isCalm = now < this.#calmUntil;
    const isSamePartial = before.partial.symmetricDifference(this.#current.partial).size === 0;
    return before.isFull !== this.#current.isFull || !isSamePartial || wasCalm !== this.#isCalm;
  }

  #isCalm = false;

  evictionIn(zone: string): Eviction {
    if (this.#current.isFull) return 'withdrawn';
    return this.#isCalm || this.#current.partial.has(zone) ? 'paused' : 'allowed';
  }
}
