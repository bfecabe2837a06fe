import type { Millis } from '../../lib/clock.ts';

export interface CompactionLimits {
  /** History is kept at least so long ... */
  readonly historyMs: Millis;
  /** ... unless more rows than this were superseded since. */
  readonly supersededRows: number;
}

/** Where the store stood at a time. `superseded`: rows made superfluous by then, counted since the start. */
export interface Mark {
  readonly at: Millis;
  readonly revision: number;
  readonly superseded: number;
}

const MARK_EVERY_MS = 10_000;
/** Marks per `supersededRows`, so that a burst can be cut in parts. */
const MARKS_PER_LIMIT = 8;

/** Decides whether to remember where the store stands: every 10 s of activity, and often enough within a burst. */
export function withMark(marks: readonly Mark[], now: Mark, limits: CompactionLimits): readonly Mark[] {
  const last = marks.at(-1);
  const isDue =
    !last ||
    now.at - last.at >= MARK_EVERY_MS ||
    now.superseded - last.superseded >= limits.supersededRows / MARKS_PER_LIMIT;
  return isDue ? [...marks, now] : marks;
}

/**
 * Decides what history may go: the newest mark that is older than `historyMs`, or the newest that must go for the rows to
 * come under their limit, whichever is later. `marks` are in order of time.
 * @returns a revision; `undefined` when all of it stays.
 */
export function compactionTarget(marks: readonly Mark[], now: Mark, limits: CompactionLimits): number | undefined {
  const isOver = (mark: Mark) =>
    now.at - mark.at >= limits.historyMs || now.superseded - mark.superseded > limits.supersededRows;
  return marks.findLast(isOver)?.revision;
}
