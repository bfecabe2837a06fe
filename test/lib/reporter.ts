import Mocha, { type MochaOptions, type Runner, type Test } from 'mocha';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Mocha's `spec`, and what tests of a real system need beside it. */
// biome-ignore lint/style/noDefaultExport: that is where mocha looks for it
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    sayWhyAgain(runner);
    tidyUpWhenInterrupted(runner);
  }
}

/** For suites that are run with `--retries`: which test needs another try and why, so that none is flaky in silence. */
function sayWhyAgain(runner: Runner): void {
  runner.on('retry', (test: Test, error: Error) => {
    console.log(`    another try: ${test.fullTitle()}\n${(error.stack ?? error.message).replaceAll(/^/gm, '      ')}`);
  });
}

/** The test that runs is the last then, and the hooks that take clusters, rules and links away run. A second signal ends it at once. */
function tidyUpWhenInterrupted(runner: Runner): void {
  const abort = (signal: NodeJS.Signals) => {
    for (const each of SIGNALS) process.off(each, abort);
    console.log(`    ${signal}: taking away what was made; again to leave it`);
    runner.abort();
    process.once('exit', (code) => {
      process.exitCode = code || 1; // it has not passed
    });
  };
  for (const each of SIGNALS) process.on(each, abort);
}
