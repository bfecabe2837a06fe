import type { Context } from './context.ts';

/** One behaviour of Kubernetes, under the official name of the test that certifies it. */
export interface ConformanceTest {
  readonly name: string;
  readonly check: (context: Context) => Promise<void>;
}

/** Filled while the feature files are imported, as a test framework's `it` does. */
const registered: ConformanceTest[] = [];

/** Registers one test. @param name the official one, to the letter: `tests.tsv` has it. @param check throws when the behaviour differs. */
export function conformance(name: string, check: ConformanceTest['check']): void {
  registered.push({ name, check });
}

/** What the feature files imported so far have registered. */
export function registeredTests(): readonly ConformanceTest[] {
  return registered;
}
