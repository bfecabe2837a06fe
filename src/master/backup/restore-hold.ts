import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NODE } from '../../api/kinds/node.ts';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/logger.ts';
import { readIfThere } from '../../lib/private-file.ts';
import type { ObjectCache } from '../resource-client.ts';
import { HOLD_FILE, HOLD_MS, parseHold } from './hold-file.ts';

/** Agents that joined after the backup are not in it and cannot be waited for by name: they get this long. */
const STRANGERS_MS = 20_000;
const LOOK_EVERY_MS = 1000;

export interface RestoreHoldParts {
  readonly cache: Pick<ObjectCache, 'list'>;
  readonly isConnected: (node: string) => boolean;
  /** Held back until the nodes are there. */
  readonly held: Part;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * A master that was restored does not know what its nodes run: pods may have been bound, or made, after the backup. Nothing is
 * scheduled before every node of the backup has told and was told, so that nothing of theirs runs twice. At most 15 minutes:
 * nodes that are gone must not stop the cluster.
 */
export class RestoreHold implements Part {
  readonly name = 'restore-hold';
  /** So long a node that has not come yet is not called lost; 0 without a restore. */
  readonly awaitMs: Millis;
  readonly #dataDir: string;
  #parts: RestoreHoldParts | undefined;
  #cancel: (() => void) | undefined;
  /** By the clock that never jumps: a Pi learns the date after it has started. */
  #startedAt: Millis = 0;
  #hasReleased = false;

  /** Reads whether there was a restore. */
  static async read(dataDir: string, clock: Clock): Promise<RestoreHold> {
    const endsAt = parseHold(await readIfThere(join(dataDir, HOLD_FILE)));
    const now = clock.now();
    // A clock that was wrong at the restore must not hold for years.
    return new RestoreHold(dataDir, endsAt === undefined ? 0 : Math.min(Math.max(0, endsAt - now), HOLD_MS));
  }

  private constructor(dataDir: string, awaitMs: Millis) {
    this.#dataDir = dataDir;
    this.awaitMs = awaitMs;
  }

  /** Once, before `start`. */
  guard(parts: RestoreHoldParts): this {
    this.#parts = parts;
    return this;
  }

  async start(): Promise<void> {
    const { clock, log } = this.#given;
    if (this.awaitMs === 0) return this.#release();
    this.#startedAt = clock.monotonic();
    log.warn(
      { until: new Date(clock.now() + this.awaitMs).toISOString() },
      'restored from a backup: nothing is scheduled until the nodes are back',
    );
    this.#look();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    if (this.#hasReleased) await this.#given.held.stop?.();
  }

  #look(): void {
    const { cache, isConnected, clock, log } = this.#given;
    const missing = cache.list(NODE).filter((node) => !isConnected(node.metadata.name));
    const waitedMs = clock.monotonic() - this.#startedAt;
    const isMet = missing.length === 0 && waitedMs >= STRANGERS_MS;
    if (!isMet && waitedMs < this.awaitMs) {
      this.#cancel = clock.after(LOOK_EVERY_MS, () => this.#look());
      return;
    }
    log.info({ missing: missing.map((node) => node.metadata.name) }, 'the nodes are back; scheduling begins');
    this.#release().catch((err: unknown) => log.error({ err }, 'scheduling could not begin'));
  }

  async #release(): Promise<void> {
    this.#hasReleased = true;
    await this.#given.held.start?.();
    await rm(join(this.#dataDir, HOLD_FILE), { force: true });
  }

  get #given(): RestoreHoldParts {
    if (!this.#parts) throw new Error('nothing was given to hold');
    return this.#parts;
  }
}
