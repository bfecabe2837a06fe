import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { type CompactionLimits, compactionTarget, type Mark, withMark } from './compaction.ts';
import type { DurableLog } from './durable-log.ts';
import type { GroupCommit } from './group-commit.ts';

interface Parts {
  readonly disk: DurableLog;
  readonly commits: GroupCommit;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: CompactionLimits;
  /** Before the first row goes: history up to this revision is no longer told. */
  forget(revision: number): void;
}

const SWEEP_MS = 60_000;
/** Log rows looked at between two batches of writes: a few milliseconds. */
const SLICE_ROWS = 200;

/** Lets history go once a minute, in slices between the writes; nothing is written while nothing is superseded. */
export class Compactor {
  readonly #parts: Parts;
  #marks: readonly Mark[];
  #superseded = 0;
  /** Rows up to this revision were looked at. */
  #reached: number;
  #cancelSweep: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();
  #isBehind = false;
  #isStopped = false;

  /** @param reached how far an earlier run came. @param revision where the store stands: older history has no times. */
  constructor(parts: Parts, reached: number, revision: number) {
    this.#parts = parts;
    this.#reached = reached;
    this.#marks = [{ at: parts.clock.now(), revision, superseded: 0 }];
    this.#scheduleSweep();
  }

  /** Counts a published batch. */
  note(revision: number, superseded: number): void {
    this.#superseded += superseded;
    const now: Mark = { at: this.#parts.clock.now(), revision, superseded: this.#superseded };
    this.#marks = withMark(this.#marks, now, this.#parts.limits);
    const oldest = this.#marks[0];
    if (oldest && now.superseded - oldest.superseded > 2 * this.#parts.limits.supersededRows && !this.#isBehind) {
      this.#isBehind = true;
      void this.sweep();
    }
  }

  /** Lets go what is due. Never throws: what fails is due again. */
  async sweep(): Promise<void> {
    const now: Mark = { at: this.#parts.clock.now(), revision: 0, superseded: this.#superseded };
    const target = compactionTarget(this.#marks, now, this.#parts.limits);
    try {
      if (target !== undefined) await this.compact(target);
    } catch (err) {
      this.#parts.log.debug({ err }, 'compaction is put off');
    }
    this.#isBehind = false;
  }

  /** Removes what rows up to `target` supersede. @throws ApiError ServiceUnavailable */
  compact(target: number): Promise<void> {
    const run = this.#running.then(() => this.#slices(target));
    this.#running = run.catch(() => undefined); // told to the caller of this one, not of the next
    return run;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelSweep?.();
    await this.#running;
  }

  async #slices(target: number): Promise<void> {
    this.#parts.forget(target);
    this.#marks = this.#marks.filter((mark) => mark.revision > target);
    while (this.#reached < target && !this.#isStopped) {
      const { database } = this.#parts.disk;
      const { revisions, reached } = database.superseded(this.#reached, target, SLICE_ROWS);
      if (revisions.length > 0) await this.#parts.commits.background(() => this.#remove(revisions, reached));
      this.#reached = reached;
    }
  }

  #remove(revisions: readonly number[], reached: number): void {
    const { database } = this.#parts.disk;
    for (const revision of revisions) database.remove(revision);
    database.setMeta('compacted', reached);
  }

  #scheduleSweep(): void {
    if (this.#isStopped) return;
    this.#cancelSweep = this.#parts.clock.after(SWEEP_MS, () => {
      void this.sweep().then(() => this.#scheduleSweep());
    });
  }
}
