import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { Journal } from './journal.ts';

/** Changes within this time are one write: a rollout or a snapshot brings many at once. */
const GROUP_MS = 250;
const RETRY_MS = 30_000;
/** A journal this many times what is in it is written anew; small ones may grow to the floor first. */
const SLACK = 3;
const FLOOR_BYTES = 256 * 1024;

/** One change: undefined takes the key away (JSON has null for it). */
type Change = readonly [key: string, value: string | null];

/** The changes that a journal holds, in order, as the map they make. @throws SyntaxError for what no DurableMap wrote */
function foldChanges(texts: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const [key, value] of texts.flatMap((text) => JSON.parse(text) as Change[])) {
    if (value === null) map.delete(key);
    else map.set(key, value);
  }
  return map;
}

/** Where an agent keeps its assignment. */
export function keptPath(dataDir: string): string {
  return join(dataDir, 'agent', 'assignment.sealed');
}

export interface DurableMapOptions {
  readonly path: string;
  /** The node's private key: the file is sealed with it. */
  readonly keyPem: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Texts by key, in memory and in a sealed journal. A change is on the disk within a moment, together with others of that moment;
 * a value that is set to what it is costs nothing. A disk that fails is told once and tried again: the agent goes on without.
 */
export class DurableMap {
  readonly #options: DurableMapOptions;
  readonly #journal: Journal;
  readonly #map: Map<string, string>;
  readonly #changed = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #cancelTimer: (() => void) | undefined;
  /** Size of the journal when it was written as a whole last; of one that was found, all it holds. */
  #liveBytes: number;
  #isFailing = false;
  #isClosed = false;

  private constructor(options: DurableMapOptions, journal: Journal, map: Map<string, string>) {
    this.#options = options;
    this.#journal = journal;
    this.#map = map;
    this.#liveBytes = journal.bytes;
  }

  /** Reads what was kept; a file that is damaged or another key's is ignored, with a warning. @throws Error of the file system */
  static async open(options: DurableMapOptions): Promise<DurableMap> {
    const { path, keyPem, log } = options;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const { journal, texts, damage } = await Journal.open(path, keyPem);
    if (damage === 'corrupt') log.warn({ file: path }, 'what was kept of the last assignment cannot be read: ignored');
    if (damage === 'torn') log.info({ file: path }, 'the last write to what is kept was cut short: left out');
    return new DurableMap(options, journal, foldChanges(texts));
  }

  get(key: string): string | undefined {
    return this.#map.get(key);
  }

  /** Those whose keys begin so, oldest first. */
  *entries(prefix: string): Generator<readonly [key: string, value: string]> {
    for (const entry of this.#map) if (entry[0].startsWith(prefix)) yield entry;
  }

  set(key: string, value: string): void {
    if (this.#map.get(key) === value) return;
    this.#map.set(key, value);
    this.#note(key);
  }

  delete(key: string): void {
    if (this.#map.delete(key)) this.#note(key);
  }

  /** Resolves when all changes so far are on the disk, or could not be put there. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  /** The last write. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush();
  }

  #note(key: string): void {
    this.#changed.add(key);
    if (this.#isClosed) return;
    this.#cancelTimer ??= this.#options.clock.after(this.#isFailing ? RETRY_MS : GROUP_MS, () => void this.flush());
  }

  async #write(): Promise<void> {
    const keys = [...this.#changed];
    if (keys.length === 0) return;
    this.#changed.clear();
    try {
      await this.#put(keys);
      this.#isFailing = false;
    } catch (err) {
      if (!this.#isFailing) this.#options.log.warn({ err }, 'cannot keep the assignment on disk; will be tried again');
      this.#isFailing = true;
      for (const key of keys) this.#note(key);
    }
  }

  async #put(keys: readonly string[]): Promise<void> {
    const { bytes } = this.#journal;
    if (bytes > 0 && bytes < Math.max(FLOOR_BYTES, SLACK * this.#liveBytes)) {
      const changes = keys.map((key): Change => [key, this.#map.get(key) ?? null]);
      return this.#journal.append(JSON.stringify(changes));
    }
    await this.#journal.replace(JSON.stringify([...this.#map] satisfies Change[]));
    this.#liveBytes = this.#journal.bytes;
  }
}
