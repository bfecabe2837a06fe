/**
 * Does the same so many times: first once, then twice as many at once with every round that went well. What cannot work (a quota,
 * a template that admission refuses) is so tried once, not a hundred times.
 * @throws the first error of the round that went wrong; no further round is begun.
 */
export async function slowStart(count: number, run: () => Promise<void>): Promise<void> {
  let left = count;
  for (let batch = 1; left > 0; batch *= 2) {
    const size = Math.min(batch, left);
    const outcomes = await Promise.allSettled(Array.from({ length: size }, run));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    left -= size;
  }
}
