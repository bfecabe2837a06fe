import type { Context } from 'mocha';

/** For suites that are run with `--retries`: says which test needed one, so that none is flaky in silence. */
export const mochaHooks = {
  afterEach(this: Context): void {
    const test = this.currentTest;
    const retry = (test as { _currentRetry?: number } | undefined)?._currentRetry ?? 0;
    if (test && retry > 0) console.log(`    retried: ${test.fullTitle()} (${test.state ?? 'again'})`);
  },
};
