import assert from 'node:assert/strict';

/** What chance alone does once in a million times is no accident. */
const MIN_PROBABILITY = 1e-6;

/**
 * Pearson's test that each of three came up as often as if a fair chance had chosen.
 * The statistic has two degrees of freedom, for which its tail is exp(-x/2): 1200, 900, 900 of 3,000 gives x = 60, and 1e-13.
 * @throws AssertionError when a fair chance would do this, or worse, less than once in a million times
 */
export function assertUniform(counts: readonly number[]): void {
  assert.equal(counts.length, 3, `${counts.length} of three came up: ${counts}`);
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const probability = Math.exp(-statistic / 2);
  assert.ok(probability >= MIN_PROBABILITY, `${counts}: a fair chance does this with probability ${probability}`);
}
