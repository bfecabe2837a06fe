import type { ConformanceTest } from '../../test/conformance/lib/conformance.ts';
import { Context } from '../../test/conformance/lib/context.ts';
import type { ApiConnection } from '../lib/api-connection.ts';
import { type Outcome, reasonOf } from './report.ts';

export interface RunOptions {
  /** How many tests at a time; those marked `[Serial]` run alone, after the others. */
  readonly parallel: number;
  readonly onResult: (test: ConformanceTest, outcome: Outcome, seconds: number, error: unknown) => void;
}

/** Runs tests, each in a namespace of its own. @returns their outcomes by name. */
export async function runTests(
  connection: ApiConnection,
  tests: readonly ConformanceTest[],
  options: RunOptions,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const work = async (queue: ConformanceTest[]) => {
    for (let test = queue.shift(); test; test = queue.shift()) {
      const started = performance.now();
      const error = await failureOf(connection, test);
      const outcome: Outcome = error === undefined ? { result: 'passed' } : { result: 'failed', why: reasonOf(error) };
      outcomes.set(test.name, outcome);
      options.onResult(test, outcome, (performance.now() - started) / 1000, error);
    }
  };
  const isSerial = ({ name }: ConformanceTest) => name.includes('[Serial]');
  const together = tests.filter((test) => !isSerial(test));
  await Promise.all(Array.from({ length: options.parallel }, () => work(together)));
  await work(tests.filter(isSerial));
  return outcomes;
}

/** Runs one test. @returns what it threw, undefined when it passed. */
async function failureOf(connection: ApiConnection, test: ConformanceTest): Promise<unknown> {
  const { timeoutMs } = test;
  const context = new Context(connection);
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done after ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    await context.open();
    await Promise.race([test.check(context), late.promise]);
    return undefined;
  } catch (error) {
    return error ?? new Error('it threw nothing');
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}
