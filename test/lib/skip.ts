import type { Context } from 'mocha';

/** Skips the running test or suite, and says why: a test that does not run is never silent. */
export function skip(test: Context, reason: string): never {
  console.log(`    skipped: ${reason}`);
  return test.skip();
}
