import Mocha, { type MochaOptions, type Runner, type Test } from 'mocha';

/** For suites that are run with `--retries`: says which test needs another try and why, so that none is flaky in silence. */
// biome-ignore lint/style/noDefaultExport: that is where mocha looks for it
export default class RetryReporter extends Mocha.reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.on('retry', (test: Test, error: Error) => {
      console.log(
        `    another try: ${test.fullTitle()}\n${(error.stack ?? error.message).replaceAll(/^/gm, '      ')}`,
      );
    });
  }
}
