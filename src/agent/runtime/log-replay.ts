import { Transform, type TransformCallback } from 'node:stream';

/** Docker's frame: stream, three zeros, length in big-endian; then a time, a blank and a line, or 16 KiB of one. */
const HEADER_BYTES = 8;
/** What Docker has read ahead of a file is at most some hundred lines. */
const REMEMBERED = 2048;
const NEWLINE = 0x0a;

interface Entry {
  readonly time: string;
  readonly line: Buffer;
}

/**
 * Tells the lines that Docker sends a second time: when a followed log is turned over, 20.10 reads again what it had read ahead of the
 * old file. They bear the times that they had, to the nanosecond; that alone, for a clock may be set back.
 */
class ReplayFilter {
  readonly #seen = new Set<string>();
  #last: Entry | undefined;
  #isReplaying = false;

  /** @returns whether the line was there before. Pieces of one long line share its time, and pass. */
  isReplay(entry: Entry): boolean {
    const last = this.#last;
    if (last && this.#seen.has(entry.time)) {
      if (entry.time < last.time) this.#isReplaying = true;
      const isWhole = entry.line.at(-1) === NEWLINE;
      if (this.#isReplaying || (isWhole && entry.time === last.time && entry.line.equals(last.line))) return true;
    }
    this.#isReplaying = false;
    this.#last = entry;
    this.#remember(entry.time);
    return false;
  }

  #remember(time: string): void {
    this.#seen.add(time);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED && oldest !== undefined) this.#seen.delete(oldest);
  }
}

/** Drops headers and repeated lines of a followed log that was asked for with times. @param keepTimes whether they stay */
export function unframeFollowed(keepTimes: boolean): Transform {
  const filters = new Map<number, ReplayFilter>();
  let rest: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let frame = firstFrame(rest); frame; frame = firstFrame(rest)) {
        rest = rest.subarray(HEADER_BYTES + frame.payload.length);
        const filter = filters.get(frame.stream) ?? new ReplayFilter();
        filters.set(frame.stream, filter);
        const blank = frame.payload.indexOf(' ');
        const line = frame.payload.subarray(blank + 1);
        const isReplay = filter.isReplay({ time: frame.payload.toString('latin1', 0, Math.max(0, blank)), line });
        if (!isReplay) this.push(keepTimes ? frame.payload : line);
      }
      done();
    },
  });
}

function firstFrame(bytes: Buffer): { stream: number; payload: Buffer } | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = bytes.readUInt32BE(4);
  if (bytes.length < HEADER_BYTES + length) return undefined;
  return { stream: bytes[0] ?? 0, payload: bytes.subarray(HEADER_BYTES, HEADER_BYTES + length) };
}
