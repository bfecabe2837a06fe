import type { TraceRecord } from './io-shim.ts';

const SECTOR_BYTES = 512;

/** What a disk keeps of the writes that were not synced when the power went. */
export type Survival = 'nothing' | 'everything' | 'any sectors' | 'any pages';

/** A small generator with a seed, so that a failing cut can be made again (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A file as it may be found after a power cut: what was written before its last good sync is there; of what came later
 * each sector is as it was at some instant between that sync and the cut, one independent of the other.
 * @param records those of the file only, up to the cut. @param start the file before the first of them.
 */
export function afterCut(
  start: Buffer,
  records: readonly TraceRecord[],
  survival: Survival,
  random: () => number,
): Buffer {
  const kept = durableCount(records);
  const durable = play(start, records.slice(0, kept));
  const unsynced = records.slice(kept);
  if (survival === 'nothing' || unsynced.length === 0) return durable;
  if (survival === 'everything') return play(durable, unsynced);
  const stages = [durable];
  for (const record of unsynced) stages.push(play(stages.at(-1) ?? durable, [record]));
  const anyStage = () => stages[Math.floor(random() * stages.length)] ?? durable;
  const result = Buffer.alloc(anyStage().length);
  const unit = survival === 'any sectors' ? SECTOR_BYTES : 4096;
  for (let at = 0; at < result.length; at += unit) {
    const stage = anyStage();
    if (at < stage.length) stage.copy(result, at, at, Math.min(at + unit, stage.length));
  }
  return result;
}

/** How many records the last sync that ended covers: those before it began. */
function durableCount(records: readonly TraceRecord[]): number {
  let begun = 0;
  let covered = 0;
  records.forEach((record, index) => {
    if (record.op === 'b') begun = index;
    if (record.op === 's') covered = begun;
  });
  return covered;
}

function play(start: Buffer, records: readonly TraceRecord[]): Buffer {
  let image: Buffer = Buffer.from(start);
  for (const { op, offset, data } of records) {
    if (op === 't')
      image = Buffer.concat([image.subarray(0, offset), Buffer.alloc(Math.max(0, offset - image.length))]);
    if (op !== 'w') continue;
    const end = offset + data.length;
    if (end > image.length) image = Buffer.concat([image, Buffer.alloc(end - image.length)]);
    data.copy(image, offset);
  }
  return image;
}
