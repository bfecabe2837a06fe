import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { type Change, type Decisions, type DecisionView, decideAll, type Intent } from './decide.ts';
import type { DurableLog } from './durable-log.ts';
import { segmentOf } from './prefix.ts';
import type { Revisions } from './revisions.ts';
import type { WriteResult } from './store.ts';
import { closed, stalled, unavailable } from './store-errors.ts';

export interface CommitLimits {
  /** Writes in one commit at most, so that deciding them does not hold up the event loop. */
  readonly batch: number;
  /** The write-ahead log is copied into the database past this size. */
  readonly logBytes: number;
  /** When the disk has not answered for so long, new writes are refused instead of queued. */
  readonly stallMs: Millis;
}

/** What a batch is decided on and where it goes once it is durable. */
export interface CommitTarget extends DecisionView {
  /** Makes the changes visible and tells the watchers; called in revision order. */
  publish(changes: readonly Change[]): void;
}

interface Waiting {
  readonly intent: Intent;
  resolve(result: WriteResult): void;
  reject(error: Error): void;
}

interface Parts {
  readonly disk: DurableLog;
  readonly revisions: Revisions;
  /** Segments whose volatile writes the disk knows of (see `volatileMeta`). */
  readonly volatileSegments: Set<string>;
  readonly target: CommitTarget;
  readonly limits: CommitLimits;
  readonly clock: Clock;
  readonly log: Logger;
}

const RETRY_CHECKPOINT_MS = 10_000;

/** Name of the row that tells the next start that values under a segment may be older than what watchers saw. */
export function volatileMeta(segment: string): string {
  return `volatile:${segment}`;
}

/**
 * All writing, one thing at a time: a batch of writes (all that came in one turn of the event loop, or while the last batch
 * was being synced), a slice of compaction, or a checkpoint. Nothing of a batch is visible before it is durable.
 */
export class GroupCommit {
  readonly #parts: Parts;
  readonly #queue: Waiting[] = [];
  readonly #jobs: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;
  /** Since when the disk works on something; absent when it does not. */
  #busySince: Millis | undefined;
  #checkpointNotBefore: Millis = 0;
  #isFailing = false;
  #isClosed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when durable. @throws ApiError ServiceUnavailable when nothing was written. */
  submit(intent: Intent): Promise<WriteResult> {
    if (this.#isClosed) return Promise.reject(closed());
    const { clock, limits } = this.#parts;
    if (this.#busySince !== undefined && clock.now() - this.#busySince > limits.stallMs)
      return Promise.reject(stalled());
    return new Promise((resolve, reject) => {
      this.#queue.push({ intent, resolve, reject });
      this.#wake();
    });
  }

  /** Runs `write` as a transaction between two batches; it becomes durable with the next batch. @throws ApiError ServiceUnavailable */
  background(write: () => void): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#jobs.push(async () => {
        try {
          await this.#repairIfSuspect();
          this.#parts.disk.commit(write);
          resolve();
        } catch (error) {
          reject(unavailable(error));
        }
      });
      this.#wake();
    });
  }

  /** Lets what was submitted finish and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  #wake(): void {
    this.#running ??= this.#run().catch((err: unknown) => this.#parts.log.error({ err }, 'store writer failed'));
  }

  async #run(): Promise<void> {
    try {
      // A turn first: writers that were just answered, or woke together, then share the batch.
      for (await nextTurn(); this.#queue.length + this.#jobs.length > 0; await nextTurn()) {
        const batch = this.#queue.splice(0, this.#parts.limits.batch);
        if (batch.length > 0) await this.#commit(batch);
        await this.#jobs.shift()?.();
        await this.#checkpointIfLarge();
      }
    } finally {
      // In the same instant as the look at the queue: what comes next starts a run of its own.
      this.#running = undefined;
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { disk } = this.#parts;
    let decisions: Decisions;
    try {
      // Before anything is decided or shown: a failed sync may have left rows behind that nobody was promised.
      await this.#repairIfSuspect();
      decisions = this.#decide(batch);
    } catch (error) {
      return rejectAll(batch, unavailable(error));
    }
    if (!this.#needsDisk(decisions.changes)) return this.#finish(batch, decisions);
    try {
      await this.#onDisk(async () => {
        disk.commit(() => this.#write(decisions.changes));
        await disk.sync();
      });
    } catch (error) {
      return this.#fail(batch, error);
    }
    this.#note(decisions.changes);
    this.#finish(batch, decisions);
  }

  #decide(batch: readonly Waiting[]): Decisions {
    const { revisions, target } = this.#parts;
    const intents = batch.map(({ intent }) => intent);
    const decisions = decideAll(intents, revisions.next, target);
    revisions.use(decisions.changes.length);
    return decisions;
  }

  #needsDisk(changes: readonly Change[]): boolean {
    const { revisions, volatileSegments } = this.#parts;
    return (
      !revisions.areReserved ||
      changes.some(
        ({ place, event }) => place === 'disk' || (place === 'volatile' && !volatileSegments.has(segmentOf(event.key))),
      )
    );
  }

  /** The batch's transaction: its rows, and what the next start has to know. */
  #write(changes: readonly Change[]): void {
    const { database } = this.#parts.disk;
    const { revisions, volatileSegments } = this.#parts;
    for (const { place, event, previous } of changes) {
      const { key, revision, type, value } = event;
      if (place === 'disk')
        database.append({
          revision,
          key,
          previous: previous?.durableRevision ?? null,
          value: type === 'deleted' ? null : value,
        });
      else if (place === 'volatile' && !volatileSegments.has(segmentOf(key)))
        database.setMeta(volatileMeta(segmentOf(key)), 1);
    }
    if (revisions.isLow) database.setMeta('reserved', revisions.wanted);
  }

  /** After the sync: what the transaction told the next start. */
  #note(changes: readonly Change[]): void {
    const { revisions, volatileSegments, log } = this.#parts;
    if (revisions.isLow) revisions.reserved(revisions.wanted);
    for (const { place, event } of changes) if (place === 'volatile') volatileSegments.add(segmentOf(event.key));
    if (this.#isFailing) log.info({}, 'store writes again');
    this.#isFailing = false;
  }

  #finish(batch: readonly Waiting[], { results, changes }: Decisions): void {
    if (changes.length > 0) this.#parts.target.publish(changes);
    batch.forEach((waiting, index) => {
      const result = results[index];
      if (result) waiting.resolve(result);
    });
  }

  /** Nothing of the batch stands; what needs no disk is decided again, so that heartbeats outlive a full disk. */
  async #fail(batch: readonly Waiting[], cause: unknown): Promise<void> {
    const { log, target } = this.#parts;
    if (!this.#isFailing) log.error({ err: cause }, 'store cannot write; clients are told to come again');
    this.#isFailing = true;
    const error = unavailable(cause);
    const isLight = ({ intent }: Waiting) => target.isMemory(intent.key) || (intent.volatile && intent.op === 'update');
    const light = batch.filter(isLight);
    rejectAll(
      batch.filter((waiting) => !isLight(waiting)),
      error,
    );
    try {
      await this.#repairIfSuspect();
      const decisions = this.#decide(light);
      if (this.#needsDisk(decisions.changes)) throw error;
      this.#finish(light, decisions);
    } catch (later) {
      rejectAll(light, unavailable(later));
    }
  }

  async #checkpointIfLarge(): Promise<void> {
    const { disk, limits, clock, log } = this.#parts;
    if (clock.now() < this.#checkpointNotBefore || disk.isSuspect) return;
    try {
      if (disk.logBytes < limits.logBytes) return;
      await this.#onDisk(() => disk.checkpoint());
    } catch (err) {
      this.#checkpointNotBefore = clock.now() + RETRY_CHECKPOINT_MS;
      log.warn({ err }, 'store could not copy its write-ahead log; it is tried again');
    }
  }

  async #repairIfSuspect(): Promise<void> {
    const { disk } = this.#parts;
    if (disk.isSuspect) await this.#onDisk(() => disk.repair());
  }

  async #onDisk(work: () => Promise<void>): Promise<void> {
    this.#busySince = this.#parts.clock.now();
    try {
      await work();
    } finally {
      this.#busySince = undefined;
    }
  }
}

function rejectAll(batch: readonly Waiting[], error: Error): void {
  for (const waiting of batch) waiting.reject(error);
}
