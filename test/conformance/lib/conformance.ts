import type { Context } from './context.ts';

/** One behaviour of Kubernetes, under the official name of the test that certifies it. */
export interface ConformanceTest {
  readonly name: string;
  readonly check: (context: Context) => Promise<void>;
  readonly timeoutMs: number;
}

/** Long enough for what waits out a grace period or a back-off of Kubernetes'. */
const TIMEOUT_MS = 300_000;

/** Filled while the feature files are imported, as a test framework's `it` does. */
const registered: ConformanceTest[] = [];

/** Registers one test. @param name the official one, to the letter: `tests.tsv` has it. @param check throws when the behaviour differs. */
export function conformance(
  name: string,
  check: ConformanceTest['check'],
  { timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {},
): void {
  registered.push({ name, check, timeoutMs });
}

/** What the feature files imported so far have registered. */
export function registeredTests(): readonly ConformanceTest[] {
  return registered;
}
