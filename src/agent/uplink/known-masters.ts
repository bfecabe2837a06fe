import type { DurableMap } from './kept/durable-map.ts';

const TOLD = 'masters';
const LAST = 'last-master';

/**
 * In which order masters are tried: where one answered last, then those this agent was given, then what the master said of itself. All are
 * tried in one round; names are resolved anew each time.
 */
export function candidates(given: readonly string[], told: readonly string[], last: string | undefined): string[] {
  const known = [...given, ...told];
  return [...new Set([...(last !== undefined && known.includes(last) ? [last] : []), ...known])];
}

/** The addresses that the master may be found at: given by the configuration, and told by the master, which a restart remembers. */
export class KnownMasters {
  readonly #given: readonly string[];
  readonly #kept: DurableMap;

  constructor(given: readonly string[], kept: DurableMap) {
    this.#given = given;
    this.#kept = kept;
  }

  get all(): string[] {
    const told = this.#kept.get(TOLD);
    return candidates(this.#given, told === undefined ? [] : (JSON.parse(told) as string[]), this.#kept.get(LAST));
  }

  /** The master says where it can be reached. One that cannot say takes nothing back. */
  told(addresses: readonly string[]): void {
    if (addresses.length > 0) this.#kept.set(TOLD, JSON.stringify(addresses));
  }

  answered(address: string): void {
    this.#kept.set(LAST, address);
  }
}
